/*
 * mime_table.h - the types of files by their extension; for mime.c alone.
 */
#ifndef MIME_TABLE_H
#define MIME_TABLE_H

#include <stddef.h>

#define MIME_UTF8 "; charset=utf-8"

struct mime_row {
	const char *ext, *type; /* the extension in lower case */
};

/* In the order of strcmp(3) of the extensions. */
extern const struct mime_row mime_table[];
extern const size_t mime_rows;

#endif

/*
 * mime.h - what kind of file is it?
 *
 * By its extension first, from a table; libmagic looks at the bytes of files
 * whose extension says nothing.  Its database is loaded once, before the first
 * fork, and shared by all children.
 */
#ifndef MIME_H
#define MIME_H

#include <stdbool.h>

#include "bytes/slice.h"

#define MIME_MAX_TYPE 128  /* bytes of a type, with charset and NUL */
#define MIME_LOOK_AT  8192 /* bytes of a file that mime_guess() wants */

/*
 * Find libmagic's database, and load it unless lazily is set: it is then
 * mapped now and loaded when it is first needed (a process that serves one
 * connection may never need it).  Without a database mime_guess() knows text
 * from binary and nothing more; that is said once in the log.
 */
void mime_prepare(bool lazily);

/*
 * Add "EXT=TYPE" to the table, before its own entries.  Returns 0, or -1 if it
 * has not that form, is too long, or the table is full (64).
 */
int mime_add(const char *text);

/*
 * The type for a file's name, by its extension, or NULL if it has none or none
 * that is known.  Text types come with their charset, UTF-8.
 */
const char *mime_of_name(struct slice name);

/*
 * The type for the first bytes of a file, at best MIME_LOOK_AT of them; text
 * types come with the charset that the bytes are in.  Writes to type and
 * returns it.
 */
const char *mime_guess(struct slice first, char type[MIME_MAX_TYPE]);

/*
 * Is it worth looking for a compressed copy of such a file, and worth
 * offering its parts as text?  True for text, scripts, SVG, wasm and the like.
 */
bool mime_is_squeezable(const char *type);

#endif

/*
 * coded.h - compressed copies: FILE.br, FILE.zst and FILE.gz for FILE.
 */
#ifndef CODED_H
#define CODED_H

#include "httpd/file_cache.h"
#include "web/web.h"

/*
 * Answer with a file, or with the compressed copy of it that the client would
 * rather have.
 */
int coded_send(struct exchange *, struct stock_file *);

#endif

/*
 * send.h - a file as a reply: conditions, ranges, the bytes.
 */
#ifndef SEND_H
#define SEND_H

#include "httpd/file_cache.h"
#include "web/web.h"

/*
 * Answer with a file: 200, 206, 304, 412 or 416, as the request's fields have
 * it.
 */
int send_file(struct exchange *, const struct cached_file *);

/*
 * Answer with a file and this status, whatever the conditions: an error page.
 */
int send_as(struct exchange *, int status, const struct cached_file *);

#endif

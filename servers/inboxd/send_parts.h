/*
 * send_parts.h - text, HTML and attachments as MIME.  Pure.
 */
#ifndef SEND_PARTS_H
#define SEND_PARTS_H

#include <jansson.h>

#include "bytes/buf.h"

/*
 * Add the fields that say what the body is, an empty line, and the body.
 * Attachments with a ContentID stand beside the HTML (multipart/related), the
 * others behind all.  Returns 0, or -1 with *why.
 */
int send_parts(
    struct buf *, const json_t *order, const char *id, const char **why);

#endif

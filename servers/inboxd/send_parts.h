/*
 * send_parts.h - text, HTML and attachments as MIME.  Pure.
 */
#ifndef SEND_PARTS_H
#define SEND_PARTS_H

#include <jansson.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/*
 * Add the fields that say what the body is, an empty line, and the body.
 * Attachments with a ContentID stand beside the HTML (multipart/related), the
 * others behind all.  Returns 0, or -1 with *why.
 */
int send_parts(
    struct buf *, const json_t *order, const char *id, const char **why);

/*
 * The string of this key, good as long as the object; empty when there is none.
 */
struct slice send_text(const json_t *object, const char *key);

#endif

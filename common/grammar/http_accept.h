/*
 * http_accept.h - what would the client rather have (RFC 9110 12.5)?
 */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include "grammar/http_fields.h"

/*
 * The weight in thousandths that Accept-Encoding gives to a coding such as
 * "br" ("identity" for none at all): 0 means not acceptable.  Without the
 * field only identity is acceptable, for old clients' sake.
 */
int http_accepts_coding(const struct http_fields *, const char *coding);

/*
 * The weight that Accept gives to a media type such as "text/html", by its
 * most specific range; 1000 without the field.  Parameters other than q are
 * not compared.
 */
int http_accepts_type(const struct http_fields *, const char *type);

#endif

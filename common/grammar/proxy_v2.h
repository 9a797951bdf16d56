/*
 * proxy_v2.h - version 2 of the header.  For proxy_protocol.c only.
 */
#ifndef PROXY_V2_H
#define PROXY_V2_H

#include "grammar/proxy_protocol.h"

#define PROXY_V2 "\r\n\r\n\0\r\nQUIT\n" /* what it begins with */

/*
 * As proxy_header(), of PROXY_V2_FIXED bytes at least that begin so.
 */
long proxy_v2(struct slice, struct proxy_header *);

#endif

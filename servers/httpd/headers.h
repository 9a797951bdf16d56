/*
 * headers.h - the file _headers at the top of the site, as Netlify and
 * Cloudflare Pages have it:
 *
 *	PATTERN			(rule_pattern.h)
 *	  Name: value
 *	  ! Name
 *
 * All paths that fit count, in their order: the first value of a name takes the
 * place of the server's own, others are added to it; "!" takes it away.
 */
#ifndef HEADERS_H
#define HEADERS_H

#include <stdbool.h>

#include "httpd/target.h"
#include "web/web.h"

#define HEADERS_NAME "_headers"
#define HEADERS_MAX  4000 /* lines that say something */

/*
 * The reply to this request has been made: change its fields as the file has
 * it.  room: for what it names; a fresh child pays for each place of that size.
 */
void headers_apply(struct exchange *, struct target *room);

/*
 * Before the first fork: read the file, and tell what is wrong with it.  For one
 * connection (single) others have told that, unless it is new.
 */
void headers_prepare(bool single);

#endif

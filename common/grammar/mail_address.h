/*
 * mail_address.h - mail addresses and the paths around them (RFC 5321 4.1.2,
 * 4.1.3; RFC 6531 3.3).
 *
 * Strict where a mistake would be ambiguous (quotes, brackets, literals),
 * lenient where people are (dots anywhere in a local part, an address without
 * a domain, underscores in a domain, lengths).  Pure: a parsed address points
 * into what was parsed.
 */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

#define MAIL_ADDRESS_MAX 1000 /* bytes; RFC 5321 4.5.3.1.3 asks for 256 */
#define MAIL_DOMAIN_MAX  255  /* bytes; RFC 5321 4.5.3.1.2 */
#define MAIL_LABEL_MAX   63   /* bytes between the dots of a domain */

struct mail_address {
	struct slice text;   /* local@domain as written; empty for <> */
	struct slice local;  /* as written, with quotes if there are any */
	struct slice domain; /* with brackets if a literal; may be empty */
	bool quoted;         /* local is a quoted string */
	bool utf8;           /* it has bytes above 127 (RFC 6531) */
};

/* Why something is no path. */
enum mail_fault {
	MAIL_BAD = -1,     /* syntax */
	MAIL_LONG = -2,    /* longer than the limits above */
	MAIL_LITERAL = -3, /* an address literal that is none */
	MAIL_ROUTE = -4,   /* a source route that is none */
	MAIL_UTF8 = -5,    /* bytes above 127 that are not UTF-8 */
};

/*
 * Read a path at the beginning of in: <local@domain>, <> or, leniently, an
 * address without brackets, which ends at a blank.  A source route is checked
 * and dropped (RFC 5321 4.1.1.3).  Returns the bytes it took, or a
 * mail_fault.
 */
int mail_path(struct slice in, struct mail_address *);

/*
 * Is this a domain, or an address literal in brackets?  Returns 0 or a
 * mail_fault.
 */
int mail_domain(struct slice);

/*
 * Is this an address literal, brackets and all (RFC 5321 4.1.3)?  IPv4 and
 * IPv6 are known; nobody has registered another tag.  Returns 0 or
 * MAIL_LITERAL.
 */
int mail_literal(struct slice);

/*
 * Is this UTF-8, to the letter of RFC 3629 (no overlong forms, surrogates or
 * values above 10FFFF)?  ASCII is.
 */
bool mail_is_utf8(struct slice);

/*
 * Add the local part without quotes and backslashes to out: what it means.
 */
void mail_local(const struct mail_address *, struct buf *out);

#endif

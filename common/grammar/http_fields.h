/*
 * http_fields.h - the fields of a message head (RFC 9110 5, RFC 9112 5).
 *
 * A fixed array of slices into the head; nothing is copied.  Names compare
 * without regard to case.  Lists may stand in one field or be spread over
 * several of the same name, which the iterator joins.
 */
#ifndef HTTP_FIELDS_H
#define HTTP_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes/slice.h"

#define HTTP_MAX_FIELDS 100

struct http_field {
	struct slice name, value; /* the value without OWS around it */
};

struct http_fields {
	size_t n;
	struct http_field at[HTTP_MAX_FIELDS];
};

/* How a line of fields ended; more in http_fault.h. */
struct http_rules {
	bool lenient_lf;   /* LF alone ends a line */
	bool lenient_fold; /* a folded line is joined (clients) */
};

/*
 * Parse field lines up to and including the empty line.  Returns the bytes
 * consumed, 0 when the empty line is still missing, or an http_fault_code
 * (the first that a reader going from left to right meets).  A folded line,
 * where allowed, keeps its line end inside the value.
 */
long http_fields_parse(
    struct slice, const struct http_rules *, struct http_fields *);

/*
 * The value of the first field of that name; p is NULL when there is none.
 */
struct slice http_get(const struct http_fields *, const char *name);

/*
 * How many fields have that name?
 */
size_t http_count(const struct http_fields *, const char *name);

/*
 * Walk the members of the lists in all fields of that name (RFC 9110 5.6.1):
 * empty members are skipped, commas inside quoted strings do not count.
 *
 *	struct http_list l = { 0 };
 *	while (http_next(fields, "Accept", &l, &member)) ...
 */
struct http_list {
	size_t field;      /* the next field to look at */
	struct slice rest; /* what is left of the current one */
};

bool http_next(const struct http_fields *, const char *name, struct http_list *,
    struct slice *member);

/*
 * The same over one value; *rest is eaten.
 */
bool http_next_member(struct slice *rest, struct slice *member);

/*
 * Is token, in any case, a member of the list?  Such as "close" of
 * "Connection".
 */
bool http_has(const struct http_fields *, const char *name, const char *token);

/*
 * Is s a token (RFC 9110 5.6.2)?
 */
bool http_is_token(struct slice);

/*
 * Walk the parameters behind a member ("text/html;level=1;q=0.5"): the first
 * call with the whole member gives what stands before the first ";".  After
 * that, http_next_param() gives name and value (a quoted string without its
 * quotes, escapes left in).  Returns false at the end or at nonsense.
 */
struct slice http_before_params(struct slice member, struct slice *rest);
bool http_next_param(
    struct slice *rest, struct slice *name, struct slice *value);

/*
 * A weight (RFC 9110 12.4.2) in thousandths, 0 to 1000, or -1 if s is none.
 */
int http_weight(struct slice s);

#endif

/*
 * route.h - which request is whose; who may ask at all.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "web/web.h"

/* What a method means here; a row of the table takes one or more. */
enum route_method {
	ROUTE_GET = 1, /* and HEAD */
	ROUTE_PUT = 2,
	ROUTE_POST = 4,
	ROUTE_DELETE = 8,
};

/*
 * One row: a path, in which "*" stands for one segment, and who answers it.
 * part is the text of the first such segment, decoded; "" without one.
 */
struct route {
	unsigned methods;
	const char *path;
	int (*answer)(struct exchange *, const char *part);
};

/*
 * All rows, for the test of the document that describes them.
 */
const struct route *route_table(size_t *n);

#define ROUTE_PART_MAX 512 /* bytes of such a segment, and a NUL */

/*
 * struct web's answer() and wants_body().
 */
int route_answer(struct exchange *);
bool route_wants_body(const struct exchange *);

/*
 * The second "*" of the path that x asks for, decoded.  Returns 0, or -1 when
 * there is none or it does not fit.
 */
int route_second(const struct exchange *, char to[ROUTE_PART_MAX]);

#endif

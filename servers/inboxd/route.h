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

/*
 * struct web's answer() and wants_body().
 */
int route_reply(struct exchange *);
bool route_wants_body(const struct exchange *);

#endif

/*
 * route.h - who answers which request?
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "web/web.h"

/*
 * Answer a request; the service's answer().
 */
int site_answer(struct exchange *);

#endif

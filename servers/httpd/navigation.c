/*
 * navigation.c - see navigation.h.
 */
#include "httpd/navigation.h"

#include "grammar/http_accept.h"
#include "grammar/http_fields.h"
#include "httpd/live.h"
#include "httpd/vary.h"

bool
navigation_is(struct exchange *x)
{
	struct slice mode = http_get(&x->r->fields, "Sec-Fetch-Mode"), member;
	struct http_list l = { 0 };

	vary_note(x, VARY_NAVIGATION);
	if (live_looks(x))
		return true;
	if (mode.p != NULL)
		return slice_is(mode, "navigate");
	while (http_next(&x->r->fields, "Accept", &l, &member)) {
		struct slice rest;

		if (slice_iis(http_before_params(member, &rest), "text/html"))
			return http_accepts_type(&x->r->fields, "text/html") >
			    0;
	}
	return false;
}

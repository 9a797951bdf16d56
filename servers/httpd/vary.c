/*
 * vary.c - see vary.h.
 */
#include "httpd/vary.h"

void
vary_note(struct exchange *x, enum vary what)
{
	x->depends |= what;
}

void
vary_tell(struct exchange *x)
{
	if (x->depends & VARY_NAVIGATION)
		web_fieldz(x, "Vary", "Accept, Sec-Fetch-Mode");
	if (x->depends & VARY_LANGUAGE)
		web_fieldz(x, "Vary", "Accept-Language");
}

/*
 * mail_ends.c - the ends of lines in a stored message.
 */
#include "grammar/mail_ends.h"

/* One byte c; returns where out then ends. */
static char *
put(struct mail_ends *e, char c, char *out)
{
	if (c == '\r') {
		if (e->crs > 0)
			*out++ = c;
		if (e->crs == 1)
			*out++ = c;
		e->crs += e->crs < 2;
		return out;
	}
	/* A lone LF gets a CR; the CR of a CRLF was held back and is lost. */
	if (c == '\n' ? e->crs == 0 : e->crs == 1)
		*out++ = '\r';
	*out++ = c;
	e->crs = 0;
	return out;
}

size_t
mail_ends_put(struct mail_ends *e, struct slice in, char *out)
{
	char *to = out;

	for (size_t i = 0; i < in.n; i++)
		to = put(e, in.p[i], to);
	return (size_t)(to - out);
}

size_t
mail_ends_end(struct mail_ends *e, char out[1])
{
	size_t n = e->crs == 1;

	if (n > 0)
		out[0] = '\r';
	e->crs = 0;
	return n;
}

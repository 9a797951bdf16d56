/*
 * reply.c - a reply as a value: what it holds, and letting go of it.
 */
#include "web/reply.h"

#define MADE_MAX (256 << 20) /* a body that was made is handed over whole */

void
reply_init(struct reply *r)
{
	*r = (struct reply){ .file = -1 };
	buf_init(&r->fields, REPLY_FIELDS_MAX);
	buf_init(&r->made, MADE_MAX);
}

void
reply_begin(struct reply *r, int status)
{
	struct buf fields;

	if (r->done != NULL)
		r->done(r->own);
	buf_free(&r->made);
	buf_clear(&r->fields);
	fields = r->fields; /* its memory is used again */
	reply_init(r);
	r->fields = fields;
	r->status = status;
}

void
reply_free(struct reply *r)
{
	reply_begin(r, 0);
	buf_free(&r->fields);
}

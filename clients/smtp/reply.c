/*
 * reply.c - a reply of any length, kept short.
 *
 * A server may say as much as it likes, for a while; what is kept of it has
 * bounds.  A line that is too long loses its end, and of too many lines those
 * in the middle are lost.  The last one stays: it says what there is to know.
 */
#include "smtp.h"
#include "dialogue.h"

#include <string.h>

#define LINE_KEPT 2000 /* bytes of a line */
#define KEPT      (SMTP_REPLY_MAX - 2 * LINE_KEPT)
#define ENDLESS   (4 << 20) /* who says more than this never ends */

void
reply_begin(struct dialogue *l)
{
	buf_clear(&l->reply);
	l->heard = 0;
	l->line = l->last = 0;
}

/* A line, or a part of one. */
static void
keep(struct dialogue *l, struct slice s)
{
	if (l->line == 0) {
		/* The last line that was kept makes room. */
		if (l->reply.n > KEPT)
			l->reply.n = l->last;
		l->last = l->reply.n;
	}
	if (l->line + s.n > LINE_KEPT)
		s.n = l->line > LINE_KEPT ? 0 : LINE_KEPT - l->line;
	buf_adds(&l->reply, s);
}

/* A line is whole: is it the last, and one of this reply? */
static int
judge(struct dialogue *l)
{
	struct slice line = slice_from(buf_slice(&l->reply), l->last);
	struct smtp_reply r;
	int n = smtp_reply_parse(line, &r);

	if (n < 0)
		return n;
	if (l->last > 0 && memcmp(l->reply.p, line.p, 3) != 0)
		return SMTP_REPLY_MIXED;
	l->line = 0;
	return n > 0;
}

int
reply_take(struct dialogue *l)
{
	struct slice in = buf_slice(&l->c.in);
	size_t all = in.n;
	int status = 0;

	while (in.n > 0 && status == 0) {
		const char *lf = slice_find(in, '\n');
		size_t n = lf == NULL ? in.n : (size_t)(lf + 1 - in.p);

		l->heard += n;
		if (l->heard > ENDLESS)
			return SMTP_REPLY_LONG;
		keep(l, (struct slice){ in.p, lf == NULL ? n : n - 1 });
		l->line += n;
		in = slice_from(in, n);
		if (lf == NULL)
			break;
		buf_addc(&l->reply, '\n');
		status = judge(l);
	}
	buf_eat(&l->c.in, all - in.n);
	return status;
}

/*
 * smtp_data.c - the body of DATA.
 */
#include "grammar/smtp_data.h"

#include <string.h>

/* Where in a line we are; the same places for reader and writer. */
enum place {
	AT_START,    /* nothing of this line seen */
	INSIDE,      /* some of it */
	AFTER_CR,    /* a CR, which may be the first half of the end */
	AFTER_DOT,   /* reader: one dot at the start, not given out */
	AFTER_DOTCR, /* reader: "." CR at the start, neither given out */
};

/* How many bytes there are up to the first CR, LF or NUL. */
static size_t
plain_run(struct slice in)
{
	size_t n = 0;

	/* Text has few bytes this low, and they are the ones we want. */
	while (n < in.n &&
	    ((unsigned char)in.p[n] > '\r' ||
		(in.p[n] != '\r' && in.p[n] != '\n' && in.p[n] != '\0')))
		n++;
	return n;
}

void
smtp_reader_init(struct smtp_reader *r)
{
	*r = (struct smtp_reader){ .state = AT_START };
}

/* A byte that belongs to the message.  Returns where that leaves us. */
static int
keep(struct smtp_reader *r, int state, char c)
{
	if (c == '\n') {
		if (state == AFTER_CR)
			return AT_START;
		r->notices |= SMTP_BARE_LF;
		return INSIDE;
	}
	if (state == AFTER_CR)
		r->notices |= SMTP_BARE_CR;
	if (c == '\0')
		r->notices |= SMTP_NUL;
	return c == '\r' ? AFTER_CR : INSIDE;
}

/* One byte; gives out up to two. */
static size_t
step(struct smtp_reader *r, char c, char *out)
{
	size_t n = 0;

	if (r->state == AT_START && c == '.') {
		r->state = AFTER_DOT;
		return 0;
	}
	if (r->state == AFTER_DOT && c == '\r') {
		r->state = AFTER_DOTCR;
		return 0;
	}
	if (r->state == AFTER_DOTCR && c == '\n') {
		r->ended = true;
		return 0;
	}
	if (r->state == AFTER_DOTCR) {
		out[n++] = '\r';
		r->state = AFTER_CR;
	}
	out[n++] = c;
	r->state = keep(r, r->state, c);
	return n;
}

size_t
smtp_reader_take(
    struct smtp_reader *r, struct slice in, char *out, size_t *out_n)
{
	size_t done = 0, put = 0;

	while (done < in.n && !r->ended) {
		if (r->state == INSIDE) {
			size_t run = plain_run(slice_from(in, done));

			memcpy(out + put, in.p + done, run);
			put += run;
			done += run;
			if (done == in.n)
				break;
		}
		put += step(r, in.p[done++], out + put);
	}
	r->size += put;
	*out_n = put;
	return done;
}

void
smtp_writer_init(struct smtp_writer *w)
{
	w->state = AT_START;
}

size_t
smtp_writer_put(struct smtp_writer *w, struct slice in, char *out)
{
	size_t put = 0;

	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];

		if (w->state == AT_START && c == '.')
			out[put++] = '.';
		out[put++] = c;
		if (c == '\r')
			w->state = AFTER_CR;
		else if (c == '\n' && w->state == AFTER_CR)
			w->state = AT_START;
		else
			w->state = INSIDE;
	}
	return put;
}

size_t
smtp_writer_end(struct smtp_writer *w, char out[SMTP_WRITER_END])
{
	static const char end[SMTP_WRITER_END] = { '\r', '\n', '.', '\r',
		'\n' };
	size_t skip = w->state == AT_START ? 2 : 0;

	memcpy(out, &end[skip], SMTP_WRITER_END - skip);
	w->state = AT_START;
	return SMTP_WRITER_END - skip;
}

size_t
smtp_lines_put(struct smtp_lines *l, struct slice in, char *out)
{
	size_t put = 0;

	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];

		if (l->after_cr && c != '\n')
			out[put++] = '\n';
		if (!l->after_cr && c == '\n')
			out[put++] = '\r';
		out[put++] = c;
		l->after_cr = c == '\r';
	}
	return put;
}

size_t
smtp_lines_end(struct smtp_lines *l, char out[1])
{
	bool due = l->after_cr;

	if (due)
		out[0] = '\n';
	l->after_cr = false;
	return due ? 1 : 0;
}

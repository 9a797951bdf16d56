/*
 * smtp_reply.c - what a server answers.
 */
#include "grammar/smtp_reply.h"

#include <string.h>

#include "bytes/ascii.h"

/* Without CR, if it ends in one. */
static struct slice
without_cr(struct slice line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* The code of a line, or -1.  "250" alone is a line (RFC 5321 4.2). */
static int
code_of(struct slice line)
{
	int code = 0;

	if (line.n < 3 || line.p[0] < '2' || line.p[0] > '5')
		return -1;
	if (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-')
		return -1;
	for (size_t i = 0; i < 3; i++) {
		if (!ascii_is(line.p[i], ASCII_DIGIT))
			return -1;
		code = code * 10 + (line.p[i] - '0');
	}
	return code;
}

/* Up to three digits, and then the byte that must follow them. */
static int
number(struct slice *s, char follows)
{
	size_t n = 0;
	int v = 0;

	while (n < s->n && n < 3 && ascii_is(s->p[n], ASCII_DIGIT))
		v = v * 10 + (s->p[n++] - '0');
	if (n == 0 || (n == s->n ? follows != ' ' : s->p[n] != follows))
		return -1;
	*s = slice_from(*s, n + 1);
	return v;
}

/* RFC 2034 4: class "." subject "." detail, the class being the code's. */
static void
enhanced_of(struct slice text, struct smtp_reply *r)
{
	int class = number(&text, '.');
	int subject = class < 0 ? -1 : number(&text, '.');
	int detail = subject < 0 ? -1 : number(&text, ' ');

	memset(r->enhanced, 0, sizeof(r->enhanced));
	if (detail < 0 || class != r->code / 100)
		return;
	r->enhanced[0] = class;
	r->enhanced[1] = subject;
	r->enhanced[2] = detail;
}

/* One line, without its LF.  Returns 1 if it is the last, 0, or a fault. */
static int
take_line(struct slice line, struct smtp_reply *r)
{
	int code;

	if (line.n >= SMTP_REPLY_LINE)
		return SMTP_REPLY_LONG;
	line = without_cr(line);
	code = code_of(line);
	if (code < 0)
		return SMTP_REPLY_BAD;
	if (r->lines > 0 && code != r->code)
		return SMTP_REPLY_MIXED;
	r->code = code;
	r->lines++;
	if (line.n > 3 && line.p[3] == '-')
		return 0;
	enhanced_of(slice_from(line, 4), r);
	return 1;
}

int
smtp_reply_parse(struct slice in, struct smtp_reply *r)
{
	struct slice rest = in;

	*r = (struct smtp_reply){ .code = 0 };
	for (;;) {
		const char *lf = slice_find(rest, '\n');
		int status;

		if (lf == NULL)
			break;
		if ((size_t)(lf + 1 - in.p) > SMTP_REPLY_MAX)
			return SMTP_REPLY_LONG;
		status = take_line(slice_between(rest.p, lf), r);
		if (status < 0)
			return status;
		rest = slice_from(rest, (size_t)(lf + 1 - rest.p));
		if (status == 1) {
			r->text = slice_between(in.p, lf + 1);
			return (int)r->text.n;
		}
	}
	if (rest.n >= SMTP_REPLY_LINE || in.n >= SMTP_REPLY_MAX)
		return SMTP_REPLY_LONG;
	return 0;
}

struct slice
smtp_reply_line(struct slice *rest)
{
	return slice_from(without_cr(slice_cut(rest, '\n')), 4);
}

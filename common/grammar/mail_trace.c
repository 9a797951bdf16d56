/*
 * mail_trace.c - the block before a stored message.
 */
#include "grammar/mail_trace.h"

#include "bytes/ascii.h"
#include "bytes/date.h"

#define FROM   "Return-Path: <"
#define MAIL   "X-Berth-Mail: "
#define USER   "X-Berth-User: "
#define BODY   "X-Berth-Body: yes"
#define TO     "Delivered-To: "
#define RCPT   "X-Berth-Rcpt: "
#define BY     "Received: from "
#define BY_BY  "\tby "
#define BY_FOR "\tfor <"

void
mail_rcpt_add(struct buf *list, struct slice address, struct slice params)
{
	buf_adds(list, address);
	if (params.n > 0) {
		buf_addc(list, '\t');
		buf_adds(list, params);
	}
	buf_addc(list, '\n');
}

struct slice
mail_rcpt_next(struct slice *rest, struct slice *params)
{
	struct slice address;

	*params = slice_cut(rest, '\n');
	address = slice_cut(params, '\t');
	return address;
}

/* "name: value" CRLF, unless there is no value. */
static void
add_field(struct buf *out, const char *name, struct slice value)
{
	if (value.n == 0)
		return;
	buf_addz(out, name);
	buf_adds(out, value);
	buf_addz(out, "\r\n");
}

/* A name in a comment or as an atom: nothing there may end either. */
static void
add_name(struct buf *out, struct slice s)
{
	static const char also[] = ".-_:[]";

	for (size_t i = 0; i < s.n; i++)
		buf_addc(out,
		    ascii_is(s.p[i], ASCII_ALPHA | ASCII_DIGIT) ||
			    slice_find(slice_of(also), s.p[i]) != NULL ?
			s.p[i] :
			'?');
}

static void
add_received(const struct mail_trace *t, struct buf *out)
{
	char date[DATE_MAX_TEXT];
	struct slice rest = t->rcpts, params;

	buf_addz(out, BY);
	add_name(out, t->helo.n > 0 ? t->helo : slice_of("?"));
	buf_addz(out, " (");
	if (t->name.n > 0) {
		add_name(out, t->name);
		buf_addc(out, ' ');
	}
	buf_addz(out, "[");
	add_name(out, t->address);
	buf_addz(out,
	    t->odd_helo ? "]) (not a host name)\r\n" BY_BY : "])\r\n" BY_BY);
	add_name(out, t->host);
	buf_addz(out, " with ");
	buf_adds(out, t->with);
	buf_addz(out, " id ");
	buf_adds(out, t->id);
	if (t->rcpt_count == 1) {
		/* With more than one it would tell who was sent a Bcc. */
		buf_addz(out, "\r\n" BY_FOR);
		buf_adds(out, mail_rcpt_next(&rest, &params));
		buf_addc(out, '>');
	}
	date_mail(t->date, date);
	buf_addf(out, ";\r\n\t%s\r\n", date);
}

void
mail_trace_make(const struct mail_trace *t, struct buf *out)
{
	struct slice rest = t->rcpts, params;

	buf_addz(out, FROM);
	buf_adds(out, t->from);
	buf_addz(out, ">\r\n");
	add_field(out, MAIL, t->params);
	add_field(out, USER, t->user);
	if (t->headless)
		buf_addz(out, BODY "\r\n");
	while (rest.n > 0) {
		add_field(out, TO, mail_rcpt_next(&rest, &params));
		add_field(out, RCPT, params);
	}
	add_received(t, out);
	if (t->headless)
		buf_addz(out, "\r\n");
}

/* Cut a line off; its CRLF is dropped.  False when it is not all there. */
static bool
take_line(struct slice *rest, struct slice *line)
{
	if (slice_find(*rest, '\n') == NULL)
		return false;
	*line = slice_cut(rest, '\n');
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

/* If line is this field, its value. */
static bool
is_field(struct slice line, const char *name, struct slice *value)
{
	if (!slice_starts(line, name))
		return false;
	*value = slice_from(line, slice_of(name).n);
	return true;
}

/* "HELO (NAME [ADDRESS])" */
static void
read_from(struct slice s, struct mail_trace *t)
{
	t->helo = slice_cut(&s, ' ');
	s = slice_from(s, 1);
	t->address = s;
	t->name = slice_cut(&t->address, '[');
	t->name = slice_trim(t->name);
	t->address = slice_cut(&t->address, ']');
}

/* "HOST with ESMTP id ID" */
static void
read_by(struct slice s, struct mail_trace *t)
{
	if (slice_ends(s, ";"))
		s.n--;
	t->host = slice_cut(&s, ' ');
	slice_cut(&s, ' ');
	t->with = slice_cut(&s, ' ');
	slice_cut(&s, ' ');
	t->id = s;
}

/* The field Received, whose first line has been seen.  As mail_trace_read. */
static int
read_received(struct slice rest, struct mail_trace *t, const char *begin)
{
	struct slice line, value;
	bool last;

	do {
		if (!take_line(&rest, &line))
			return 0;
		if (!slice_starts(line, "\t"))
			return -1;
		last = slice_ends(line, ";");
		if (is_field(line, BY_BY, &value))
			read_by(value, t);
	} while (!last);
	if (!take_line(&rest, &line))
		return 0;
	if (!is_field(line, "\t", &t->date_text))
		return -1;
	if (t->headless && !take_line(&rest, &line))
		return 0;
	if (t->headless && line.n > 0)
		return -1;
	return (int)(rest.p - begin);
}

int
mail_trace_read(struct slice head, struct mail_trace *t)
{
	struct slice rest = head, line, value;

	*t = (struct mail_trace){ .rcpt_count = 0 };
	if (!take_line(&rest, &line))
		return 0;
	if (!is_field(line, FROM, &t->from) || !slice_ends(line, ">"))
		return -1;
	t->lf = rest.p == line.p + line.n + 1;
	t->from.n--;
	while (take_line(&rest, &line)) {
		if (is_field(line, MAIL, &t->params) ||
		    is_field(line, USER, &t->user))
			continue;
		if (t->rcpts.p == NULL && slice_is(line, BODY)) {
			t->headless = true;
			continue;
		}
		if (t->rcpts.p == NULL)
			t->rcpts.p = line.p;
		if (is_field(line, BY, &value)) {
			t->rcpts = slice_between(t->rcpts.p, line.p);
			read_from(value, t);
			return read_received(rest, t, head.p);
		}
		if (is_field(line, TO, &value))
			t->rcpt_count++;
		else if (!is_field(line, RCPT, &value))
			return -1;
	}
	return 0;
}

struct slice
mail_trace_rcpt(struct slice *rest, struct slice *params)
{
	struct slice line, address = { NULL, 0 }, next = *rest;

	*params = (struct slice){ NULL, 0 };
	if (!take_line(rest, &line) || !is_field(line, TO, &address))
		return address;
	next = *rest;
	if (take_line(&next, &line) && is_field(line, RCPT, params))
		*rest = next;
	return address;
}

/*
 * mails.c - what was said in SMTP or LMTP beside what was answered.
 */
#include "fuzzrig/mails.h"

#include <string.h>

#include "bytes/ascii.h"
#include "fuzzrig/must.h"
#include "fuzzrig/postbox.h"
#include "grammar/mail_trace.h"
#include "grammar/smtp_command.h"
#include "grammar/smtp_data.h"
#include "grammar/smtp_params.h"
#include "grammar/smtp_reply.h"
#include "smtpd/smtpd.h"

#define TEXT_MAX  65536
#define REPLY_MAX 514 /* 510 bytes, an end, and room for a doubt */
#define ACCEPTED  "Message accepted for delivery"
#define TLS_HELLO 0x16

struct walk {
	struct slice said, told;
	bool over;        /* the server has said good-bye */
	bool asked;       /* 334: the next line is no command */
	bool chunk;       /* a chunk has been taken */
	bool spoilt;      /* ... and one of them refused */
	struct buf rcpts; /* who was accepted */
	size_t count;     /* how many */
	struct buf text;  /* what has come of the message */
	struct buf *sum;
};

int
mails_reply(struct slice *told, struct slice *text)
{
	struct smtp_reply r;
	int n = smtp_reply_parse(*told, &r);
	struct slice rest;

	must(n > 0);
	*text = (struct slice){ told->p, (size_t)n };
	*told = slice_from(*told, (size_t)n);
	for (rest = *text; rest.n > 0;) {
		struct slice line = slice_cut(&rest, '\n');

		must(line.n > 4 && line.n <= REPLY_MAX);
		must(line.p[line.n - 1] == '\r');
		for (size_t i = 0; i + 1 < line.n; i++)
			must(!ascii_is(line.p[i], ASCII_CTL));
	}
	return r.code;
}

/* The next reply, and whether it is the last. */
static int
hear(struct walk *w, struct slice *text)
{
	int code = mails_reply(&w->told, text);
	struct smtp_reply r;

	must(smtp_reply_parse(*text, &r) > 0);
	must(r.enhanced[0] == 0 || r.enhanced[0] == code / 100);
	buf_addf(w->sum, "%d ", code);
	if (code == 421 || code == 221)
		w->over = true;
	/* Patience ends behind a reply. */
	if (!w->over && slice_starts(w->told, "421 ")) {
		struct slice last;

		must(mails_reply(&w->told, &last) == 421);
		buf_addz(w->sum, "421 ");
		w->over = true;
	}
	return code;
}

static void
forget(struct walk *w)
{
	buf_clear(&w->rcpts);
	buf_clear(&w->text);
	w->count = 0;
	w->chunk = w->spoilt = false;
}

/* The message is complete: what is said of it, for each who is told. */
static void
verdict(struct walk *w)
{
	size_t times = smtpd_options.lmtp ? w->count : 1;
	struct slice first, text;
	int code = hear(w, &first);
	const char *end = first.p + first.n - sizeof(ACCEPTED) - 2;
	bool accepted = code == 250;

	for (size_t i = 1; i < times; i++) {
		must(!w->over);
		hear(w, &text);
		must(slice_eq(first, text));
	}
	if (accepted) {
		must(!w->spoilt && memcmp(end + 1, ACCEPTED, 20) == 0);
		/* "250 2.0.0 ID Message accepted ..." */
		postbox_take(slice_between(first.p + 10, end),
		    buf_slice(&w->text), buf_slice(&w->rcpts));
		buf_adds(w->sum, buf_slice(&w->text));
	}
	forget(w);
}

/* Behind a 354. */
static void
data(struct walk *w)
{
	struct smtp_reader r;
	char *to = buf_room(&w->text, w->said.n + 1);
	size_t n, took;

	must(to != NULL && w->count > 0);
	smtp_reader_init(&r);
	took = smtp_reader_take(&r, w->said, to, &n);
	buf_grew(&w->text, n);
	w->said = slice_from(w->said, took);
	if (r.ended)
		verdict(w);
	else
		w->said.p = NULL; /* it leaves off in the middle */
}

/* A chunk, which comes whatever is thought of it. */
static void
chunk(struct walk *w, uint64_t size, bool last)
{
	bool known = w->chunk || w->count > 0;
	struct slice text;

	if (size > w->said.n) {
		w->said.p = NULL;
		return;
	}
	buf_add(&w->text, w->said.p, (size_t)size);
	w->said = slice_from(w->said, (size_t)size);
	if (!known) {
		must(hear(w, &text) >= 500);
		buf_clear(&w->text);
		return;
	}
	w->chunk = true;
	if (last)
		verdict(w);
	else if (hear(w, &text) != 250)
		w->spoilt = true;
	else
		must(!w->spoilt);
}

/* What a command that was granted means for the ones to come. */
static void
granted(struct walk *w, const struct smtp_command *c, int code)
{
	struct smtp_rcpt to;
	struct smtp_why why;

	if (code == 354) {
		must(c->row->verb == SMTP_V_DATA && !w->chunk);
		data(w);
	} else if (code == 250 && c->row->verb == SMTP_V_RCPT) {
		must(!w->chunk);
		must(smtp_rcpt(c->args, true, &to, &why) == SMTP_OK);
		mail_rcpt_add(&w->rcpts, to.to.text, to.params);
		w->count++;
	} else if (code == 250 && c->row->verb != SMTP_V_NOOP) {
		forget(w);
	}
}

/* A line, and what belongs to it. */
static void
line(struct walk *w, struct slice line)
{
	struct smtp_command c;
	struct slice text;
	uint64_t size;
	bool last;
	int code, status;

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	smtp_command_parse(line, &c);
	if (!w->asked && c.row->verb == SMTP_V_BDAT &&
	    line.n <= SMTP_COMMAND_MAX && smtp_line_check(line) == 0 &&
	    ((status = smtp_bdat(c.args, &size, &last)), size != UINT64_MAX)) {
		if (status == 0) {
			chunk(w, size, last);
		} else if (size > w->said.n) {
			w->said.p = NULL;
		} else {
			w->said = slice_from(w->said, (size_t)size);
			must(hear(w, &text) == 501);
			w->spoilt = w->chunk; /* its octets are lost */
		}
		return;
	}
	code = hear(w, &text);
	if (w->asked)
		c.row = smtp_row(SMTP_V_NOOP);
	w->asked = code == 334;
	if (c.row->verb == SMTP_V_BDAT && code >= 500)
		w->over = true; /* nobody knows where its octets end */
	if (!w->over)
		granted(w, &c, code);
}

void
mails_walk(struct slice said, struct slice told, bool stays, struct buf *sum)
{
	struct walk w = { .said = said, .told = told, .sum = sum };
	struct slice text;

	buf_init(&w.rcpts, TEXT_MAX);
	buf_init(&w.text, TEXT_MAX);
	must(hear(&w, &text) == 220);
	while (!w.over && w.said.n > 0 && w.said.p != NULL) {
		if (w.said.p[0] == TLS_HELLO) {
			must(hear(&w, &text) == 501);
			w.over = true;
		} else if (slice_find(w.said, '\n') == NULL) {
			break;
		} else {
			line(&w, slice_cut(&w.said, '\n'));
		}
	}
	if (!w.over && stays)
		must(hear(&w, &text) == 421);
	must(w.told.n == 0);
	buf_free(&w.rcpts);
	buf_free(&w.text);
	postbox_is_empty();
}

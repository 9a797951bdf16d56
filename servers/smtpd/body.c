/*
 * body.c - DATA and BDAT: the message on its way into the store.
 */
#include "smtpd/body.h"

#include "grammar/mail_trace.h"
#include "grammar/smtp_data.h"
#include "smtpd/deliver.h"
#include "smtpd/envelope.h"
#include "smtpd/faults.h"
#include "smtpd/lines.h"
#include "smtpd/session.h"
#include "smtpd/transcript.h"
#include "system/pages.h"

#define STEP 65536 /* a client that sends as much has earned more time */

/* The message that is coming: there is one at a time in a process. */
static PAGES_TOGETHER struct body {
	struct delivery d;
	uint64_t drop_at;   /* a rule hangs up here; UINT64_MAX: none */
	uint64_t next_step; /* of d.size, where the deadline moves */
	bool spoiled;       /* BDAT: an earlier chunk failed */
} body;

static void
start(struct session *s)
{
	deliver_begin(&body.d, s);
	body.next_step = STEP;
	body.spoiled = false;
	conn_deadline(s->c, s->o->timeout_ms);
}

void
body_forget(struct session *s)
{
	(void)s;
	if (body.d.m.name[0] != '\0')
		transcript_bytes(body.d.size);
	deliver_abort(&body.d);
}

static struct slice
first_rcpt(const struct session *s)
{
	struct slice rest = buf_slice(&s->mail.rcpts), params;

	return mail_rcpt_next(&rest, &params);
}

/* After n more bytes: more time, or the end that a rule wants. */
static void
progress(struct session *s)
{
	if (body.d.size >= body.drop_at) {
		lines_leave(s, CONDUCT_FINE);
	} else if (body.d.size >= body.next_step) {
		body.next_step = body.d.size + STEP;
		conn_deadline(s->c, s->o->timeout_ms);
	}
}

/* The end of a message has come: judge it, answer, begin anew. */
static void
finish(struct session *s, unsigned notices)
{
	transcript_bytes(body.d.size);
	if (faults_ask(s, RULES_DOT, first_rcpt(s), NULL)) {
		deliver_abort(&body.d);
		deliver_note(&body.d, s);
	} else {
		deliver_end(&body.d, s, notices);
	}
	envelope_reset(s);
}

void
body_data(struct session *s, struct slice args)
{
	struct smtp_reader r;

	(void)args;
	if (s->mail.body == SMTP_BINARYMIME) {
		lines_reply(s, "503 5.5.1 BODY=BINARYMIME wants BDAT");
		return;
	}
	if (faults_ask(s, RULES_DATA, first_rcpt(s), &body.drop_at))
		return;
	start(s);
	if (body.d.m.error != 0) {
		deliver_fail(&body.d, s);
		envelope_reset(s);
		return;
	}
	lines_reply(s, "354 Enter mail, end with \".\" on a line by itself");
	smtp_reader_init(&r);
	while (!r.ended && !s->over) {
		struct slice in = buf_slice(&s->c->in);
		size_t room, n;
		char *to = deliver_room(&body.d, &room);

		if (in.n >= room)
			in.n = room - 1; /* the reader may give one more */
		n = smtp_reader_take(&r, in, to, &room);
		buf_eat(&s->c->in, n);
		deliver_grew(&body.d, s, room);
		progress(s);
		if (!r.ended && !s->over && s->c->in.n == 0)
			lines_more(s);
	}
	if (r.ended && !s->over)
		finish(s, s->o->bare_newline == 0 ? r.notices : 0);
	else
		body_forget(s);
}

/* Take the octets of a chunk: to the store, or nowhere. */
static void
swallow(struct session *s, uint64_t left, bool keep)
{
	conn_deadline(s->c, s->o->timeout_ms);
	while (left > 0 && !s->over) {
		struct slice in = buf_slice(&s->c->in);

		if (in.n > left)
			in.n = (size_t)left;
		if (keep)
			deliver_add(&body.d, s, in);
		else
			body.d.size += in.n;
		left -= in.n;
		buf_eat(&s->c->in, in.n);
		progress(s);
		if (left > 0 && !s->over && s->c->in.n == 0)
			lines_more(s);
	}
}

/* Why this chunk is not taken, or NULL. */
static const char *
unwanted(const struct session *s)
{
	if (s->state == SMTP_MAIL)
		return "554 5.5.1 BDAT without a valid recipient";
	if (s->state != SMTP_RCPT && s->state != SMTP_CHUNK)
		return "503 5.5.1 BDAT before MAIL and RCPT";
	if (s->state == SMTP_CHUNK && body.spoiled)
		return "554 5.5.1 Discarded after an earlier error";
	return NULL;
}

/* The chunk is refused: its octets go nowhere. */
static void
discard(struct session *s, uint64_t size, bool last, const char *why)
{
	bool began = s->state == SMTP_CHUNK;

	if (!began) {
		body.d.size = 0;
		body.drop_at = UINT64_MAX;
		body.next_step = STEP;
	}
	swallow(s, size, false);
	if (s->over)
		return;
	for (size_t n = began && last ? envelope_verdicts(s) : 1;
	     why != NULL && n > 0; n--)
		lines_reply(s, "%s", why);
	body.spoiled = began;
	if (began && last)
		envelope_reset(s);
}

/* The first chunk: the message begins.  False when a rule is against it. */
static bool
open_chunks(struct session *s, uint64_t size, bool last)
{
	bool refused = faults_ask(s, RULES_DATA, first_rcpt(s), &body.drop_at);

	if (s->over)
		return false;
	if (refused) {
		/* The reply is on its way; the octets are too. */
		s->state = SMTP_CHUNK;
		deliver_abort(&body.d);
		discard(s, size, last, NULL);
		return false;
	}
	start(s);
	s->state = SMTP_CHUNK;
	return true;
}

void
body_bdat(struct session *s, struct slice args)
{
	const char *why;
	uint64_t size;
	bool last;
	bool wrong = smtp_bdat(args, &size, &last) < 0;

	if (size == UINT64_MAX) {
		/* Where the octets end is not known: there is no way back. */
		lines_reply(s,
		    wrong ? "501 5.5.4 Syntax: BDAT SIZE [LAST]" :
			    "552 5.3.4 Chunk size out of all bounds");
		s->over = true;
		return;
	}
	why = wrong ? "501 5.5.4 Syntax: BDAT SIZE [LAST]" : unwanted(s);
	if (why != NULL || size == 0)
		s->junk++;
	if (why != NULL) {
		if (s->state == SMTP_CHUNK)
			body_forget(s);
		discard(s, size, last && !wrong, why);
		return;
	}
	if (s->state == SMTP_RCPT && !open_chunks(s, size, last))
		return;
	swallow(s, size, true);
	if (s->over) {
		body_forget(s);
	} else if (last) {
		finish(s, 0);
	} else if (body.d.m.error != 0) {
		body.spoiled = true;
		deliver_fail(&body.d, s);
	} else {
		lines_reply(s, "250 2.0.0 %llu octets received",
		    (unsigned long long)size);
	}
}

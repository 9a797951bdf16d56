/*
 * faults.c - faults on purpose: what the rule that matches does to the
 * conversation.
 */
#include "smtpd/faults.h"

#include <time.h>

#include "smtpd/envelope.h"
#include "smtpd/lines.h"
#include "smtpd/report.h"
#include "smtpd/session.h"
#include "system/clock.h"

/* Sleep, unless the master wants us to finish. */
static void
dawdle(int64_t ms)
{
	int64_t until = clock_ms() + ms;

	while (clock_ms() < until && !conn_draining()) {
		int64_t left = until - clock_ms();
		struct timespec t;

		if (left > 100)
			left = 100;
		if (left < 1)
			break;
		t = (struct timespec){ 0, left * 1000000 };
		nanosleep(&t, NULL);
	}
}

static const struct rule *
find_rule(struct session *s, enum rules_stage stage, struct slice to)
{
	const struct rule *r;
	struct buf mailbox;

	buf_init(&mailbox, ENVELOPE_MAILBOX_MAX);
	envelope_mailbox(s, to, &mailbox);
	r = rules_ask(&(struct rules_case){
	    .stage = stage,
	    .client = slice_of(s->client),
	    .helo = buf_slice(&s->helo),
	    /* Who logs in is not yet the session's. */
	    .user = stage == RULES_AUTH ? to : buf_slice(&s->user),
	    .from = buf_slice(&s->mail.from),
	    .to = to,
	    .mailbox = buf_slice(&mailbox),
	});
	buf_free(&mailbox);
	return r;
}

/* Whom a refusal at this stage is about. */
static struct slice
whom(const struct session *s, enum rules_stage stage, struct slice to)
{
	if (stage == RULES_MAIL)
		return buf_slice(&s->mail.from);
	return stage == RULES_EHLO ? buf_slice(&s->helo) : to;
}

static void
refused(struct session *s, enum rules_stage stage, struct slice to, size_t line)
{
	report_refused(s, rules_stage_name(stage), whom(s, stage, to), line);
	if (stage == RULES_RCPT)
		envelope_refused(s);
	else if (stage == RULES_MAIL || stage == RULES_DATA)
		report_lost(s->code);
}

bool
faults_ask(
    struct session *s, enum rules_stage stage, struct slice to, uint64_t *body)
{
	const struct rule *r = find_rule(s, stage, to);

	if (body != NULL)
		*body = UINT64_MAX;
	if (r == NULL)
		return false;
	if (r->delay_ms > 0 && lines_flush(s) == 0)
		dawdle(r->delay_ms);
	if (r->drop && r->drop_after > 0 && body != NULL) {
		*body = r->drop_after;
		return false;
	}
	if (r->drop) {
		lines_flush(s);
		lines_leave(s, CONDUCT_FINE);
		return true;
	}
	if (r->reply == NULL)
		return false;
	for (size_t n = stage == RULES_DOT ? envelope_verdicts(s) : 1; n > 0;
	     n--)
		lines_reply(s, "%s", r->reply);
	s->over = s->code == 421;
	if (s->code >= 400)
		refused(s, stage, to, r->line);
	return true;
}

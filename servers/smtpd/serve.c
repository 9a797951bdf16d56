/*
 * serve.c - one conversation: from the greeting to the good-bye.
 */
#include "smtpd/serve.h"

#include "smtpd/body.h"
#include "smtpd/commands.h"
#include "smtpd/faults.h"
#include "smtpd/lines.h"
#include "smtpd/report.h"
#include "smtpd/session.h"
#include "smtpd/store_dirs.h"
#include "smtpd/store.h"
#include "smtpd/transcript.h"
#include "system/clock.h"
#include "system/log.h"

/* Without a message for so many times the time between two commands: go. */
#define PATIENCE 12

static void
begin(struct session *s, struct conn *c)
{
	*s = (struct session){
		.c = c,
		.o = &smtpd_options,
		.state = SMTP_START,
		.conduct = CONDUCT_FINE,
		.progress_ms = clock_ms(),
	};
	buf_init(&s->line, SMTP_AUTH_MAX + 2);
	buf_init(&s->out, 1 << 20);
	buf_init(&s->helo, SMTP_COMMAND_MAX);
	buf_init(&s->user, SMTP_AUTH_MAX * 3);
	envelope_init(&s->mail);
	addr_host(&c->peer, s->client);
	transcript_begin(store_dirs.root, slice_of(s->client));
}

/* After the reply has gone: nobody waits for it. */
static void
keep(struct session *s)
{
	if (transcript_is_due() && lines_flush(s) == 0)
		transcript_keep(
		    buf_slice(&s->helo), buf_slice(&s->user), s->code, false);
}

static void
end(struct session *s)
{
	transcript_keep(
	    buf_slice(&s->helo), buf_slice(&s->user), s->code, true);
	envelope_reset(s);
	buf_free(&s->line);
	buf_free(&s->out);
	buf_free(&s->helo);
	buf_free(&s->user);
	envelope_free(&s->mail);
}

static void
greet(struct session *s)
{
	rules_look(store_dirs.root);
	if (faults_ask(s, RULES_CONNECT, (struct slice){ NULL, 0 }, NULL)) {
		/* Words of its own, or no service at all. */
		s->over = s->over || s->code >= 400;
		return;
	}
	/* RFC 5321 4.3.1: it should wait; a tool for tests does not mind. */
	if (conn_has_more(s->c))
		log_debug("%s speaks before it is greeted", s->client);
	lines_reply(s, "220 %s %s Berth", s->o->hostname,
	    s->o->lmtp ? "LMTP" : "ESMTP");
}

/* Has it gone on for too long, without a mail or with too many mistakes? */
static void
lose_patience(struct session *s)
{
	if (s->over)
		return;
	if (s->errors >= SESSION_ERRORS_MAX || s->junk >= SESSION_JUNK_MAX) {
		lines_reply(s, "421 4.7.0 %s too many %s, closing connection",
		    s->o->hostname,
		    s->errors >= SESSION_ERRORS_MAX ?
			"errors" :
			"commands without a mail");
		s->conduct = CONDUCT_RUDE;
		s->over = true;
	} else if (clock_ms() - s->progress_ms > PATIENCE * s->o->timeout_ms) {
		lines_reply(s,
		    "421 4.4.2 %s no mail for too long, "
		    "closing connection",
		    s->o->hostname);
		s->conduct = CONDUCT_SLOW;
		s->over = true;
	}
}

static void
too_long(struct session *s)
{
	if (slice_iis(
		(struct slice){ s->line.p, s->line.n < 4 ? 0 : 4 }, "AUTH"))
		lines_reply(s, "500 5.5.6 Authentication line too long");
	else
		lines_reply(s, "500 5.5.2 Line too long");
	/* Nobody knows where the octets behind it end. */
	if (slice_iis(
		(struct slice){ s->line.p, s->line.n < 4 ? 0 : 4 }, "BDAT"))
		s->over = true;
}

static void
next(struct session *s)
{
	int status = lines_next(s, SMTP_AUTH_MAX);
	struct slice line = buf_slice(&s->line);

	if (status < 0)
		return;
	if (status > 0 && line.n > SMTP_COMMAND_MAX &&
	    !slice_iis((struct slice){ line.p, 4 }, "AUTH"))
		status = 0;
	if (status == 0)
		too_long(s);
	else
		commands_obey(s, line);
	lose_patience(s);
}

int
serve_mail(struct conn *c, const struct service *service)
{
	struct session s;

	(void)service;
	begin(&s, c);
	store_meet();
	greet(&s);
	while (!s.over) {
		next(&s);
		keep(&s);
	}
	body_forget(&s);
	lines_flush(&s);
	if (s.messages == 0)
		report_session(&s);
	end(&s);
	return s.conduct;
}

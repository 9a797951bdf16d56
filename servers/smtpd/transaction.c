/*
 * transaction.c - MAIL and RCPT: the envelope.
 */
#include "smtpd/transaction.h"

#include "grammar/mail_trace.h"
#include "smtpd/envelope.h"
#include "smtpd/faults.h"
#include "smtpd/lines.h"
#include "smtpd/login.h"
#include "smtpd/report.h"
#include "smtpd/session.h"
#include "smtpd/store.h"
#include "smtpd/transcript.h"
#include "system/log.h"

#define SHOWN 200 /* bytes of what a client sent, in a reply */

static int
shown(struct slice s)
{
	return s.n < SHOWN ? (int)s.n : SHOWN;
}

/* The same words for both: which command, and how a bad address is called. */
static void
refuse(struct session *s, enum smtp_fault fault, const struct smtp_why *why,
    const char *command, const char *bad_address)
{
	int n = shown(why->what);
	const char *p = why->what.p;

	switch (fault) {
	case SMTP_NO_PATH:
		lines_reply(s, "501 5.5.4 Syntax: %s:<address>", command);
		break;
	case SMTP_BAD_PATH:
		lines_reply(
		    s, "501 %s Bad address syntax: %.*s", bad_address, n, p);
		break;
	case SMTP_NULL_PATH:
		lines_reply(s, "501 %s Nobody can be sent to <>", bad_address);
		break;
	case SMTP_UNKNOWN:
		lines_reply(s, "555 5.5.4 Unsupported option: %.*s", n, p);
		break;
	case SMTP_TWICE:
		lines_reply(s, "501 5.5.4 Option given twice: %.*s", n, p);
		break;
	case SMTP_NEEDS_UTF8:
		lines_reply(
		    s, "553 5.6.7 Must declare SMTPUTF8 for this address");
		break;
	default:
		lines_reply(s, "501 5.5.4 Bad option: %.*s", n, p);
	}
}

/* With that ends what the client wanted to send. */
static void
lose(struct session *s, struct slice from)
{
	report_refused(s, "mail", from, 0);
	report_lost(s->code);
}

/* The Maildir is gone, and can be made anew by another process only. */
static void
put_off(struct session *s)
{
	log_error("%s: removed or renamed: it is opened anew", s->o->maildir);
	lines_reply(
	    s, "421 4.3.0 The Maildir is gone and made anew: come again");
	s->over = true;
	s->conduct = CONDUCT_STALE;
	report_lost(s->code);
}

/* Is there a reason not to begin?  Then it has been given. */
static bool
declined(struct session *s, const struct smtp_mail *m)
{
	uint64_t max = s->o->max_size;

	if (max > 0 && m->size > max)
		lines_reply(s,
		    "552 5.3.4 Message size exceeds limit of %llu bytes",
		    (unsigned long long)max);
	else if (!store_has_room(m->size))
		lines_reply(s, "452 4.3.1 Insufficient system storage");
	else
		return faults_ask(
		    s, RULES_MAIL, (struct slice){ NULL, 0 }, NULL);
	lose(s, m->from.text);
	return true;
}

void
transaction_mail(struct session *s, struct slice args)
{
	struct smtp_mail m;
	struct smtp_why why;
	int status;

	if (login_required() && !s->logged_in) {
		lines_reply(s, "530 5.7.0 Authentication required");
		report_lost(s->code);
		return;
	}
	if (store_is_lost(s->o->maildir)) {
		put_off(s);
		return;
	}
	status = smtp_mail(args, &m, &why);
	if (status != SMTP_OK) {
		refuse(s, (enum smtp_fault)status, &why, "MAIL FROM", "5.1.7");
		lose(s, args);
		return;
	}
	envelope_reset(s);
	buf_adds(&s->mail.from, m.from.text);
	buf_adds(&s->mail.params, m.params);
	s->mail.body = m.body;
	s->mail.utf8 = m.utf8;
	if (declined(s, &m)) {
		envelope_reset(s);
		return;
	}
	s->state = SMTP_MAIL;
	lines_reply(s, "250 2.1.0 <%.*s>... Sender ok", shown(m.from.text),
	    m.from.text.p == NULL ? "" : m.from.text.p);
}

static void
refuse_rcpt(struct session *s, struct slice address)
{
	report_refused(s, "rcpt", address, 0);
	envelope_refused(s);
}

/* Whose session it is, for those who look at it later: refused or not. */
static void
note_mailbox(const struct session *s, struct slice to)
{
	struct buf name;

	buf_init(&name, ENVELOPE_MAILBOX_MAX);
	envelope_mailbox(s, to, &name);
	transcript_mailbox(buf_slice(&name));
	buf_free(&name);
}

void
transaction_rcpt(struct session *s, struct slice args)
{
	struct smtp_rcpt r;
	struct smtp_why why;
	size_t before = s->mail.rcpts.n;
	int status = smtp_rcpt(args, s->mail.utf8, &r, &why);

	if (status != SMTP_OK) {
		refuse(s, (enum smtp_fault)status, &why, "RCPT TO", "5.1.3");
		refuse_rcpt(s, args);
		/* It costs itself, not the recipients that are good: it is
		 * counted with what leads nowhere. */
		if (s->errors > 0)
			s->errors--;
		s->junk++;
		return;
	}
	note_mailbox(s, r.to.text);
	if (s->mail.count >= s->o->max_recipients) {
		lines_reply(s, "452 4.5.3 Too many recipients");
		refuse_rcpt(s, r.to.text);
		return;
	}
	if (faults_ask(s, RULES_RCPT, r.to.text, NULL))
		return;
	mail_rcpt_add(&s->mail.rcpts, r.to.text, r.params);
	if (s->mail.rcpts.failed) {
		s->mail.rcpts.n = before;
		s->mail.rcpts.failed = false;
		lines_reply(s, "452 4.5.3 Too many recipients");
		refuse_rcpt(s, r.to.text);
		return;
	}
	s->mail.count++;
	s->state = SMTP_RCPT;
	lines_reply(s, "250 2.1.5 <%.*s>... Recipient ok", shown(r.to.text),
	    r.to.text.p);
}

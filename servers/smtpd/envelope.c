/*
 * envelope.c - the mail being sent.
 */
#include "smtpd/envelope.h"

#include "grammar/mail_address.h"
#include "grammar/smtp_command.h"
#include "smtpd/report.h"
#include "smtpd/session.h"

void
envelope_init(struct envelope *e)
{
	*e = (struct envelope){ .body = SMTP_7BIT };
	buf_init(&e->from, MAIL_ADDRESS_MAX);
	buf_init(&e->params, SMTP_COMMAND_MAX);
	buf_init(&e->rcpts, ENVELOPE_RCPTS_MAX);
}

void
envelope_free(struct envelope *e)
{
	buf_free(&e->from);
	buf_free(&e->params);
	buf_free(&e->rcpts);
}

void
envelope_refused(struct session *s)
{
	if (s->mail.count == 0)
		s->mail.refused = s->code;
}

void
envelope_reset(struct session *s)
{
	if (s->mail.count == 0 && s->mail.refused != 0)
		report_lost(s->mail.refused);
	s->mail.refused = 0;
	buf_clear(&s->mail.from);
	buf_clear(&s->mail.params);
	buf_clear(&s->mail.rcpts);
	s->mail.count = 0;
	s->mail.body = SMTP_7BIT;
	s->mail.utf8 = false;
	if (s->state != SMTP_START)
		s->state = SMTP_READY;
}

void
envelope_mailbox(const struct session *s, struct slice to, struct buf *out)
{
	struct mail_address a;
	struct buf folder;

	if (to.n == 0 || s->o->mailbox_by == MAIL_BY_NONE ||
	    mail_path(to, &a) < 0)
		return;
	buf_init(&folder, ENVELOPE_MAILBOX_MAX);
	mail_folder(&a, (enum mail_folder_by)s->o->mailbox_by, &folder);
	mail_folder_text(buf_slice(&folder), out);
	buf_free(&folder);
}

size_t
envelope_verdicts(const struct session *s)
{
	return s->o->lmtp ? s->mail.count : 1;
}

/*
 * send.c - one message over a connection, in as many transactions as it
 * takes.
 */
#include "smtp.h"
#include "dialogue.h"
#include "idn.h"
#include "message.h"
#include "sending.h"

#include <stdlib.h>

#include "grammar/mail_address.h"
#include "system/log.h"

/* It hung up, or spoke, before the end of the message. */
static bool
hear_cut(struct sending *s)
{
	struct dialogue *l = s->l;

	dialogue_hear(l, WAIT_DOT);
	if (l->fault == 0 && l->r.code < 400) {
		log_error(
		    "%s:%s: closed, or answered, before the message ended",
		    l->o->host, l->o->port);
		l->fault = EXIT_LATER;
	}
	envelope_note(s, dialogue_judge(l, 2, "the message"));
	/* Where in the message it stopped is not known: no more commands. */
	if (l->fault == 0)
		l->fault = s->code;
	return false;
}

/* What becomes of it; LMTP says so for each recipient (RFC 2033 4.2). */
static bool
hear_verdict(struct sending *s)
{
	const struct options *o = s->l->o;
	char about[MAIL_ADDRESS_MAX + 3];
	int code = 0;
	size_t i;

	if (!o->lmtp) {
		dialogue_hear(s->l, WAIT_DOT);
		if (s->accepted > 0)
			code = dialogue_judge(s->l, 2, "the message");
		envelope_note(s, code);
		return code == 0;
	}
	for (i = 0;
	     (i = envelope_next(s, i, TAKEN)) < o->to_count && s->l->fault == 0;
	     i++) {
		snprintf(about, sizeof(about), "<%s>", o->to[i]);
		dialogue_hear(s->l, WAIT_DOT);
		envelope_note(s, dialogue_judge(s->l, 2, about));
	}
	return s->l->fault == 0;
}

/*
 * The message, and what becomes of it.  Returns whether it is worth sending to
 * others.
 */
static bool
content(struct sending *s)
{
	bool bdat = envelope_uses_bdat(s->l), good;
	int refused = 0;

	if (bdat)
		refused = content_bdat(s->l, s->message);
	else
		content_data(s->l, s->accepted > 0 ? s->message : NULL);
	envelope_note(s, refused);
	/* Behind a chunk that was refused there is no verdict to come. */
	if (refused != 0 && s->l->cut && s->l->fault == 0)
		s->l->fault = refused;
	if (refused != 0 || envelope_ends_at(s, STAGE_BODY))
		return false;
	if (!bdat)
		content_dot(s->l);
	good = s->l->cut ? hear_cut(s) : hear_verdict(s);
	return !envelope_ends_at(s, STAGE_DOT) && good;
}

/* One transaction.  Returns whether there is to be another one. */
static bool
transaction(struct sending *s)
{
	struct dialogue *l = s->l;
	bool good = false;
	int code;
	size_t i;

	s->accepted = 0;
	s->full = s->mail_refused = false;
	code = envelope_mail(s);
	envelope_note(s, code);
	if (code != 0)
		return false;
	s->said = true;
	if (envelope(s))
		good = content(s);
	for (i = 0; (i = envelope_next(s, i, TAKEN)) < l->o->to_count; i++)
		s->fate[i] = SENT;
	return good && s->full && !l->stopped;
}

/* As this server can take it; NULL: it cannot. */
static const struct message *
as_offered(const struct dialogue *l, const struct message *message)
{
	static struct message seven; /* made once, for there is but one */
	static enum { UNTRIED, GOOD, IN_VAIN } state;

	/* Who takes UTF-8 in addresses takes it in the message (RFC 6531). */
	bool high = message->eight_bit && (l->offers & OFFER_8BITMIME) == 0 &&
	    !idn_is_needed(l);

	if (!high && !message->odd)
		return message;
	if (state == UNTRIED)
		state = !message->exact && seven_bit(message, &seven) ? GOOD :
									IN_VAIN;
	if (state == GOOD)
		return &seven;
	if (!high)
		return message;
	log_error(
	    "%s does not know 8BITMIME, which the message needs", l->o->host);
	return NULL;
}

/* Refuse who cannot be spelled.  Returns whether anybody is left. */
static bool
leaves_any(struct sending *s)
{
	const struct options *o = s->l->o;
	size_t i;

	if (idn_spelled(s->l, o->from) == NULL) {
		log_error("<%s>: %s does not know SMTPUTF8, which it needs",
		    o->from, o->host);
		envelope_note(s, EXIT_REFUSED);
		return false;
	}
	for (i = 0; (i = envelope_next(s, i, OPEN)) < o->to_count; i++) {
		if (idn_spelled(s->l, o->to[i]) != NULL)
			continue;
		log_error("<%s>: %s does not know SMTPUTF8, which it needs",
		    o->to[i], o->host);
		envelope_note(s, EXIT_REFUSED);
		s->fate[i] = REFUSED;
	}
	return envelope_next(s, 0, OPEN) < o->to_count;
}

int
send_message(struct dialogue *l, const struct message *message)
{
	struct sending s = { .l = l };
	size_t left = 0;

	s.fate = calloc(l->o->to_count + 1, sizeof(*s.fate));
	if (s.fate == NULL)
		die(EXIT_OSERR, "no memory");
	if (leaves_any(&s))
		s.message = as_offered(l, message);
	if (s.message == NULL) {
		free(s.fate);
		return EXIT_REFUSED;
	}
	while (transaction(&s))
		;
	for (size_t i = 0; s.full && i < l->o->to_count; i++)
		left += s.fate[i] == OPEN;
	if (left > 0 && !l->stopped)
		log_error("%zu more recipients were not tried", left);
	free(s.fate);
	if (s.code != 0 && s.said && !l->stopped && l->fault == 0)
		dialogue_ask(l, WAIT_COMMAND, "RSET");
	return s.code != 0 ? s.code : l->fault;
}

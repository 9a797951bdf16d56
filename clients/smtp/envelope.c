/*
 * envelope.c - MAIL and RCPT of one transaction, and DATA.
 *
 * The first refusal decides about the exit code.  Behind a MAIL that was
 * refused what a pipelining server says to RCPT and DATA is an echo of that:
 * it is heard and not told.
 */
#include "smtp.h"
#include "dialogue.h"
#include "idn.h"
#include "message.h"
#include "sending.h"

#include "grammar/mail_address.h"
#include "system/log.h"

#define GROUP 100 /* recipients in a pipelined group */

void
envelope_note(struct sending *s, int code)
{
	if (s->code == 0)
		s->code = code;
}

size_t
envelope_next(const struct sending *s, size_t i, enum fate fate)
{
	while (i < s->l->o->to_count && s->fate[i] != fate)
		i++;
	return i;
}

bool
envelope_ends_at(struct sending *s, enum stage stage)
{
	const struct options *o = s->l->o;

	if (s->l->fault != 0)
		return true;
	if (o->drop_after != stage && o->stop_after != stage)
		return false;
	s->l->stopped = true;
	return true;
}

static bool
may_group(const struct dialogue *l)
{
	return (l->offers & OFFER_PIPELINING) != 0 && !l->o->no_pipelining &&
	    l->o->stop_after == STAGE_NONE && l->o->drop_after == STAGE_NONE;
}

bool
envelope_uses_bdat(const struct dialogue *l)
{
	return l->o->bdat && (l->offers & OFFER_CHUNKING) != 0;
}

/* In the dialogue of the textbook a blank stands there, which RFC 5321 3.3 has
 * not. */
static const char *
blank(const struct dialogue *l)
{
	return l->o->helo_only ? " " : "";
}

/* What was asked for about notices of delivery, if the server knows them. */
static void
add_dsn(const struct dialogue *l, struct buf *out)
{
	if ((l->offers & OFFER_DSN) == 0)
		return;
	if (l->o->ret != NULL)
		buf_addf(out, " RET=%s", l->o->ret);
	if (l->o->envid != NULL)
		buf_addf(out, " ENVID=%s", l->o->envid);
}

int
envelope_mail(struct sending *s)
{
	struct dialogue *l = s->l;
	uint64_t size = s->message->size;
	struct buf more;

	if (l->max_size > 0 && size > l->max_size) {
		log_error("the message has %llu bytes, %s takes %llu",
		    (unsigned long long)size, l->o->host,
		    (unsigned long long)l->max_size);
		return EXIT_REFUSED;
	}
	buf_init(&more, 1000);
	if ((l->offers & OFFER_SIZE) != 0)
		buf_addf(&more, " SIZE=%llu", (unsigned long long)size);
	if (s->message->eight_bit && (l->offers & OFFER_8BITMIME) != 0)
		buf_addz(&more, " BODY=8BITMIME");
	if (idn_is_needed(l))
		buf_addz(&more, " SMTPUTF8");
	add_dsn(l, &more);
	dialogue_say(l, NULL, "MAIL FROM:%s<%s>%s", blank(l),
	    idn_spelled(l, l->o->from), buf_str(&more));
	buf_free(&more);
	return l->fault;
}

static void
say_rcpt(struct sending *s, size_t i)
{
	const struct options *o = s->l->o;
	bool dsn = o->notify != NULL && (s->l->offers & OFFER_DSN) != 0;

	dialogue_say(s->l, NULL, "RCPT TO:%s<%s>%s%s", blank(s->l),
	    idn_spelled(s->l, o->to[i]), dsn ? " NOTIFY=" : "",
	    dsn ? o->notify : "");
}

static void
hear_mail(struct sending *s)
{
	int code;

	dialogue_hear(s->l, WAIT_COMMAND);
	code = dialogue_judge(s->l, 2, "MAIL");
	envelope_note(s, code);
	s->mail_refused = code != 0;
}

/*
 * RFC 5321 4.5.3.1.10: enough for this transaction, the rest in another.  Old
 * servers say 552 for it, as RFC 821 had it; if that was about this recipient
 * it says so again when he is the first.
 */
static bool
is_full(const struct smtp_reply *r)
{
	bool said = r->enhanced[0] != 0;
	bool many = r->enhanced[1] == 5 && r->enhanced[2] == 3;

	return (r->code == 452 || r->code == 552) && (many || !said);
}

static void
hear_rcpt(struct sending *s, size_t i)
{
	char about[MAIL_ADDRESS_MAX + 3];
	struct dialogue *l = s->l;

	dialogue_hear(l, WAIT_COMMAND);
	if (s->mail_refused)
		return;
	if (l->fault == 0 && l->r.code / 100 == 2) {
		s->fate[i] = TAKEN;
		s->accepted++;
	} else if (l->fault == 0 && s->accepted > 0 && is_full(&l->r)) {
		s->full = true;
	} else {
		snprintf(about, sizeof(about), "<%s>", l->o->to[i]);
		envelope_note(s, dialogue_judge(l, 2, about));
		s->fate[i] = REFUSED;
	}
}

/* DATA has been said: may the message follow? */
static bool
hear_data(struct sending *s)
{
	struct dialogue *l = s->l;

	dialogue_hear(l, WAIT_DATA);
	if (s->accepted > 0)
		envelope_note(s, dialogue_judge(l, 3, "DATA"));
	return l->fault == 0 && l->r.code / 100 == 3;
}

/* MAIL, each RCPT and DATA, waiting for each reply. */
static bool
in_steps(struct sending *s)
{
	const struct options *o = s->l->o;
	size_t i;

	hear_mail(s);
	if (s->mail_refused || envelope_ends_at(s, STAGE_MAIL))
		return false;
	for (i = 0; (i = envelope_next(s, i, OPEN)) < o->to_count && !s->full &&
	     s->l->fault == 0;
	     i++) {
		say_rcpt(s, i);
		hear_rcpt(s, i);
	}
	if (s->accepted == 0 || envelope_ends_at(s, STAGE_RCPT))
		return false;
	if (envelope_uses_bdat(s->l))
		return !envelope_ends_at(s, STAGE_DATA);
	dialogue_say(s->l, NULL, "DATA");
	return hear_data(s) && !envelope_ends_at(s, STAGE_DATA);
}

/*
 * The recipients from *i on, as many as a server can answer at once, and DATA
 * behind the last.  Returns whether DATA was said.
 */
static bool
group(struct sending *s, size_t *i, bool first)
{
	const struct options *o = s->l->o;
	size_t said[GROUP], n = 0;
	bool data;

	for (; *i < o->to_count && n < GROUP;
	     *i = envelope_next(s, *i + 1, OPEN)) {
		say_rcpt(s, *i);
		said[n++] = *i;
	}
	data = *i == o->to_count && !envelope_uses_bdat(s->l);
	if (data)
		dialogue_say(s->l, NULL, "DATA");
	if (first)
		hear_mail(s);
	for (size_t k = 0; k < n; k++)
		hear_rcpt(s, said[k]);
	return data;
}

/* The same in groups (RFC 2920). */
static bool
in_groups(struct sending *s)
{
	size_t i = envelope_next(s, 0, OPEN);
	bool first = true, data = false;

	while (i < s->l->o->to_count && s->l->fault == 0 && !s->full &&
	    !s->mail_refused) {
		data = group(s, &i, first);
		first = false;
	}
	if (s->l->fault != 0)
		return false;
	if (envelope_uses_bdat(s->l))
		return s->accepted > 0;
	if (!data) {
		if (s->accepted == 0)
			return false;
		dialogue_say(s->l, NULL, "DATA");
	}
	return hear_data(s);
}

bool
envelope(struct sending *s)
{
	return may_group(s->l) ? in_groups(s) : in_steps(s);
}

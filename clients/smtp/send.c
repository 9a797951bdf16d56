/*
 * send.c - one message over a connection: MAIL, RCPT, DATA or BDAT.
 */
#include "smtp.h"

#include "system/log.h"

#define GROUP 100 /* recipients in a pipelined group */

/* What has come of this message so far. */
struct sending {
	struct dialogue *l;
	const struct message *message;
	size_t accepted; /* recipients */
	int code;        /* the worst exit code */
};

/* The worse of two exit codes: what is refused for good stays so. */
static int
worse(int a, int b)
{
	if (a == EXIT_REFUSED || b == 0)
		return a;
	return b;
}

/* Is this where the user wants it to end? */
static bool
ends_at(struct sending *s, enum stage stage)
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

static bool
use_bdat(const struct dialogue *l)
{
	return l->o->bdat && (l->offers & OFFER_CHUNKING) != 0;
}

static bool
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s > 127)
			return false;
	return true;
}

static bool
needs_utf8(const struct options *o)
{
	bool ascii = is_ascii(o->from);

	for (size_t i = 0; i < o->to_count; i++)
		ascii = ascii && is_ascii(o->to[i]);
	return !ascii;
}

static int
say_mail(struct sending *s)
{
	struct dialogue *l = s->l;
	char size[40] = "";
	bool utf8 = needs_utf8(l->o);

	if (utf8 && (l->offers & OFFER_SMTPUTF8) == 0) {
		log_error("%s does not know SMTPUTF8, which an address needs",
		    l->o->host);
		return EXIT_REFUSED;
	}
	if (l->max_size > 0 && s->message->size > l->max_size) {
		log_error("the message has %llu bytes, %s takes %llu",
		    (unsigned long long)s->message->size, l->o->host,
		    (unsigned long long)l->max_size);
		return EXIT_REFUSED;
	}
	if ((l->offers & OFFER_SIZE) != 0)
		snprintf(size, sizeof(size), " SIZE=%llu",
		    (unsigned long long)s->message->size);
	dialogue_say(l, NULL, "MAIL FROM:<%s>%s%s%s", l->o->from, size,
	    s->message->eight_bit && (l->offers & OFFER_8BITMIME) != 0 ?
		" BODY=8BITMIME" :
		"",
	    utf8 ? " SMTPUTF8" : "");
	return 0;
}

static void
hear_rcpt(struct sending *s, const char *to)
{
	char about[300];

	snprintf(about, sizeof(about), "<%s>", to);
	dialogue_hear(s->l, WAIT_COMMAND);
	s->code = worse(s->code, dialogue_judge(s->l, 2, about));
	if (s->l->fault == 0 && s->l->r.code / 100 == 2)
		s->accepted++;
}

/* MAIL, each RCPT and DATA, waiting for each reply. */
static bool
envelope_in_steps(struct sending *s)
{
	const struct options *o = s->l->o;

	dialogue_hear(s->l, WAIT_COMMAND);
	s->code = worse(s->code, dialogue_judge(s->l, 2, "MAIL"));
	if (s->code != 0 || ends_at(s, STAGE_MAIL))
		return false;
	for (size_t i = 0; i < o->to_count && s->l->fault == 0; i++) {
		dialogue_say(s->l, NULL, "RCPT TO:<%s>", o->to[i]);
		hear_rcpt(s, o->to[i]);
	}
	if (s->accepted == 0 || ends_at(s, STAGE_RCPT))
		return false;
	if (use_bdat(s->l))
		return !ends_at(s, STAGE_DATA);
	dialogue_ask(s->l, WAIT_DATA, "DATA");
	s->code = worse(s->code, dialogue_judge(s->l, 3, "DATA"));
	return s->l->fault == 0 && s->l->r.code / 100 == 3 &&
	    !ends_at(s, STAGE_DATA);
}

/* The same in groups (RFC 2920), not larger than a server can answer. */
static bool
envelope_in_groups(struct sending *s)
{
	const struct options *o = s->l->o;
	bool data = !use_bdat(s->l), first = true;

	for (size_t from = 0; from < o->to_count && s->l->fault == 0;) {
		size_t to =
		    from + GROUP < o->to_count ? from + GROUP : o->to_count;

		for (size_t i = from; i < to; i++)
			dialogue_say(s->l, NULL, "RCPT TO:<%s>", o->to[i]);
		if (to == o->to_count && data)
			dialogue_say(s->l, NULL, "DATA");
		if (first) {
			dialogue_hear(s->l, WAIT_COMMAND);
			s->code =
			    worse(s->code, dialogue_judge(s->l, 2, "MAIL"));
		}
		for (; from < to; from++)
			hear_rcpt(s, o->to[from]);
		first = false;
	}
	if (!data || s->l->fault != 0)
		return s->l->fault == 0 && s->accepted > 0;
	dialogue_hear(s->l, WAIT_DATA);
	if (s->accepted > 0)
		s->code = worse(s->code, dialogue_judge(s->l, 3, "DATA"));
	return s->l->fault == 0 && s->l->r.code / 100 == 3;
}

/* What becomes of it; LMTP says so for each recipient (RFC 2033 4.2). */
static void
hear_verdict(struct sending *s)
{
	size_t replies = s->l->o->lmtp ? s->accepted : 1;

	for (size_t i = 0; i < replies && s->l->fault == 0; i++) {
		dialogue_hear(s->l, WAIT_DOT);
		if (s->accepted > 0)
			s->code = worse(
			    s->code, dialogue_judge(s->l, 2, "the message"));
	}
}

/* The message, and what becomes of it. */
static void
content(struct sending *s)
{
	bool bdat = use_bdat(s->l);

	int refused = 0;

	if (bdat)
		refused = content_bdat(s->l, s->message);
	else
		content_data(s->l, s->accepted > 0 ? s->message : NULL);
	s->code = worse(s->code, refused);
	/* Behind a chunk that was refused there is no verdict to come. */
	if (refused != 0 || ends_at(s, STAGE_BODY))
		return;
	if (!bdat)
		content_dot(s->l);
	hear_verdict(s);
	ends_at(s, STAGE_DOT);
}

int
send_message(struct dialogue *l, const struct message *message)
{
	struct sending s = { .l = l, .message = message };
	bool ready;

	s.code = say_mail(&s);
	if (s.code != 0)
		return s.code;
	ready = may_group(l) ? envelope_in_groups(&s) : envelope_in_steps(&s);
	if (ready)
		content(&s);
	if (s.code != 0 && !l->stopped && l->fault == 0)
		dialogue_ask(l, WAIT_COMMAND, "RSET");
	return worse(s.code, l->fault);
}

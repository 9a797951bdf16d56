/*
 * hello.c - EHLO, HELO and LHLO: who the client says it is, and what we offer.
 */
#include "smtpd/hello.h"

#include "smtpd/envelope.h"
#include "smtpd/faults.h"
#include "smtpd/lines.h"
#include "smtpd/login.h"
#include "smtpd/session.h"
#include "smtpd/starttls.h"

/* RFC 5321 4.1.1.1: a domain, or an address in brackets; in ASCII, for nobody
 * has offered SMTPUTF8 yet (RFC 6531 3.7.1). */
static bool
is_host(struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] > 127)
			return false;
	if (name.n > 0 && name.p[0] == '[')
		return mail_literal(name) == 0;
	return mail_domain(name) == 0;
}

/* Names of machines come in any charset: what is no UTF-8 becomes ASCII. */
static void
note_name(struct session *s, struct slice name)
{
	bool text = mail_is_utf8(name);

	buf_clear(&s->helo);
	for (size_t i = 0; i < name.n; i++)
		buf_addc(&s->helo,
		    text || (unsigned char)name.p[i] < 128 ? name.p[i] : '?');
}

/* Note who says hello.  Returns false when that is answered already. */
static bool
meet(struct session *s, struct slice name, bool extended)
{
	s->junk++;
	if (s->o->strict && !is_host(name)) {
		lines_reply(s, "501 5.5.4 \"%.*s\" is not a host name",
		    SLICE_FMT(name));
		return false;
	}
	note_name(s, name);
	s->odd_helo = !is_host(name);
	if (faults_ask(s, RULES_EHLO, (struct slice){ NULL, 0 }, NULL))
		return false;
	s->extended = extended;
	s->state = SMTP_READY;
	envelope_reset(s);
	return true;
}

/* What to call it: its own words only when they are a name. */
static struct slice
called(const struct session *s)
{
	return s->odd_helo ? slice_of("you") : buf_slice(&s->helo);
}

void
hello_ehlo(struct session *s, struct slice args)
{
	const char *logins = login_mechanisms();

	if (!meet(s, args, true))
		return;
	lines_reply(s, "250-%s Hello %.*s [%s]", s->o->hostname,
	    SLICE_FMT(called(s)), s->client);
	lines_reply(s, "250-PIPELINING");
	if (s->o->max_size > 0)
		lines_reply(
		    s, "250-SIZE %llu", (unsigned long long)s->o->max_size);
	else
		lines_reply(s, "250-SIZE");
	lines_reply(s, "250-8BITMIME");
	lines_reply(s, "250-SMTPUTF8");
	lines_reply(s, "250-ENHANCEDSTATUSCODES");
	lines_reply(s, "250-CHUNKING");
	lines_reply(s, "250-BINARYMIME");
	lines_reply(s, "250-DSN");
	if (starttls_is_offered(s))
		lines_reply(s, "250-STARTTLS");
	if (logins[0] != '\0')
		lines_reply(s, "250-AUTH %s", logins);
	lines_reply(s, "250 HELP");
}

void
hello_helo(struct session *s, struct slice args)
{
	if (meet(s, args, false))
		lines_reply(s, "250 %s Hello %.*s, pleased to meet you",
		    s->o->hostname, SLICE_FMT(called(s)));
}

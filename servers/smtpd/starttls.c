/*
 * starttls.c - STARTTLS (RFC 3207).
 *
 * What somebody in between has put behind the command, in clear, must never be
 * taken for something said inside (CVE-2011-0411); and nothing that was said
 * before, which he may have changed, counts after it.
 */
#include "smtpd/starttls.h"

#include "conn/proxied.h"
#include "conn/secure.h"
#include "service/service.h"
#include "smtpd/body.h"
#include "smtpd/lines.h"
#include "smtpd/session.h"
#include "system/log.h"

bool
starttls_is_offered(const struct session *s)
{
	return !proxied_is_secure(s->c) && s->c->keeper >= 0;
}

bool
starttls_must_come_first(const struct session *s, const struct smtp_row *row)
{
	if (!s->o->require_tls || proxied_is_secure(s->c))
		return false;
	switch (row->verb) {
	case SMTP_V_AUTH:
	case SMTP_V_MAIL:
	case SMTP_V_RCPT:
	case SMTP_V_DATA:
	case SMTP_V_BDAT:
	case SMTP_V_VRFY:
		return true;
	default:
		return false;
	}
}

/* RFC 3207 4.2: as after the greeting. */
static void
forget(struct session *s)
{
	s->state = SMTP_START;
	s->extended = s->odd_helo = s->logged_in = false;
	buf_clear(&s->helo);
	buf_clear(&s->user);
	buf_clear(&s->line);
	body_forget(s);
	envelope_reset(s);
}

void
starttls_command(struct session *s, struct slice args)
{
	char why[SECURE_WHY_MAX] = "";

	(void)args;
	if (proxied_is_secure(s->c)) {
		lines_reply(s, "503 5.5.1 TLS has begun already");
		return;
	}
	if (!starttls_is_offered(s)) {
		lines_reply(s, "502 5.5.1 Command not implemented");
		return;
	}
	if (s->c->in.n > 0 || conn_has_more(s->c)) {
		log_warn("%s: more was sent behind STARTTLS", s->client);
		lines_reply(s, "554 5.5.0 More was sent behind STARTTLS");
		lines_leave(s, CONDUCT_RUDE);
		return;
	}
	lines_reply(s, "220 2.0.0 Ready to start TLS");
	if (lines_flush(s) < 0)
		return;
	if (secure_serve(s->c, (struct slice){ NULL, 0 }, why) != SECURE_DONE) {
		log_info("%s: STARTTLS: no handshake: %s", s->client, why);
		lines_leave(s, CONDUCT_GONE);
		return;
	}
	forget(s);
}

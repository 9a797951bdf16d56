/*
 * trace.c - what is put before a message.
 */
#include "smtpd/trace.h"

#include <stdio.h>

#include "conn/proxied.h"
#include "grammar/mail_trace.h"
#include "smtpd/session.h"
#include "system/clock.h"

/* RFC 3848, RFC 6531 4.3: how it was received. */
static const char *
with(const struct session *s)
{
	static char text[20];

	snprintf(text, sizeof(text), "%s%s%s%s", s->mail.utf8 ? "UTF8" : "",
	    s->o->lmtp       ? "LMTP" :
		s->mail.utf8 ? "SMTP" :
		s->extended  ? "ESMTP" :
			       "SMTP",
	    proxied_is_secure(s->c) ? "S" : "", s->logged_in ? "A" : "");
	return text;
}

void
trace_make(
    const struct session *s, const char *id, bool headless, struct buf *out)
{
	const struct mail_trace t = {
		.from = buf_slice(&s->mail.from),
		.params = buf_slice(&s->mail.params),
		.user = buf_slice(&s->user),
		.headless = headless,
		.rcpts = buf_slice(&s->mail.rcpts),
		.rcpt_count = s->mail.count,
		.helo = buf_slice(&s->helo),
		.odd_helo = s->odd_helo,
		.name =
		    slice_of(addr_is_loopback(&s->c->peer) ? "localhost" : ""),
		.address = slice_of(s->client),
		.host = slice_of(s->o->hostname),
		.with = slice_of(with(s)),
		.id = slice_of(id),
		.date = clock_wall_s(),
	};

	mail_trace_make(&t, out);
}

/*
 * lines.c - the lines of a conversation: how they come and go.
 */
#include "smtpd/lines.h"

#include <stdarg.h>
#include <stdio.h>

#include "bytes/ascii.h"
#include "smtpd/session.h"
#include "smtpd/transcript.h"
#include "system/log.h"

#define REPLY_MAX  510         /* RFC 5321 4.5.3.1.5, without CRLF */
#define OUT_ENOUGH (16 * 1024) /* replies that wait: send them now */
#define LAST_MS    2000        /* for the last words to a client */
#define TLS_HELLO  0x16        /* the first byte of a ClientHello */

void
lines_leave(struct session *s, int conduct)
{
	s->over = true;
	if (s->conduct == CONDUCT_FINE)
		s->conduct = conduct;
}

int
lines_flush(struct session *s)
{
	int status;

	if (s->out.n == 0)
		return 0;
	status = conn_say(s->c, buf_slice(&s->out));
	buf_clear(&s->out);
	if (status == 0)
		return 0;
	lines_leave(s, status == CONN_TIMEOUT ? CONDUCT_SLOW : CONDUCT_GONE);
	return -1;
}

/* RFC 5321 4.2.4, 4.3.2: which codes say that the client is mistaken. */
static bool
is_mistake(int code)
{
	return (code >= 500 && code <= 504) || code == 555;
}

void
lines_reply(struct session *s, const char *fmt, ...)
{
	struct buf line;
	va_list ap;
	size_t n;

	buf_init(&line, SMTP_AUTH_MAX);
	va_start(ap, fmt);
	buf_addv(&line, fmt, ap);
	va_end(ap);
	n = line.n < REPLY_MAX ? line.n : REPLY_MAX;
	for (size_t i = 0; i < n; i++)
		if (ascii_is(line.p[i], ASCII_CTL))
			line.p[i] = '?';
	if (n >= 3)
		s->code = (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 +
		    (line.p[2] - '0');
	snprintf(s->said, sizeof(s->said), "%.*s", (int)n, line.p);
	if (is_mistake(s->code))
		s->errors++;
	log_debug("%s S: %.*s", s->client, (int)n, line.p);
	transcript_line('S', (struct slice){ line.p, n });
	buf_add(&s->out, line.p, n);
	buf_addz(&s->out, "\r\n");
	buf_free(&line);
	if (s->out.n > OUT_ENOUGH)
		lines_flush(s);
}

/* The last words of ours: there may be nobody who reads them. */
static void
part(struct session *s, int conduct, const char *code, const char *words)
{
	conn_deadline(s->c, LAST_MS);
	lines_reply(s, "%s %s %s", code, s->o->hostname, words);
	lines_leave(s, conduct);
}

static bool
in_transaction(const struct session *s)
{
	return (s->state & (SMTP_MAIL | SMTP_RCPT | SMTP_CHUNK)) != 0;
}

/* What a wait came to, when it was no bytes. */
static int
ended(struct session *s, ssize_t status)
{
	if (status == CONN_TIMEOUT)
		part(s, CONDUCT_SLOW, "421 4.4.2",
		    "timeout, closing connection");
	else if (status == CONN_DRAIN)
		part(s, CONDUCT_FINE, "421 4.3.2",
		    "shutting down, closing connection");
	else
		lines_leave(s,
		    in_transaction(s) || status == CONN_ERROR ? CONDUCT_GONE :
								CONDUCT_FINE);
	return -1;
}

int
lines_more(struct session *s)
{
	ssize_t got;

	if (lines_flush(s) < 0)
		return -1;
	got = conn_fill(s->c);
	return got > 0 ? 0 : ended(s, got);
}

/* For the next command; a drain may end the wait, but no transaction. */
static int
more_lines(struct session *s)
{
	ssize_t got;

	if (in_transaction(s) || s->c->in.n > 0)
		return lines_more(s);
	if (lines_flush(s) < 0)
		return -1;
	got = conn_idle(s->c);
	return got > 0 ? 0 : ended(s, got);
}

/* Keep the line of n bytes, and drop it with its LF from what has come. */
static void
take(struct session *s, size_t n)
{
	struct slice line = { s->c->in.p, n };

	if (n > 0 && line.p[n - 1] == '\r')
		line.n--;
	buf_clear(&s->line);
	buf_adds(&s->line, line);
	transcript_line('C', line);
	buf_eat(&s->c->in, n + 1);
}

/* Skip what has come of a line that is too long; its beginning is kept. */
static void
skip(struct session *s, bool first, size_t n)
{
	if (first) {
		buf_clear(&s->line);
		buf_add(&s->line, s->c->in.p, 16);
		transcript_line('C', (struct slice){ s->c->in.p, n });
	}
	buf_eat(&s->c->in, n);
}

int
lines_next(struct session *s, size_t max)
{
	bool long_line = false;
	size_t looked = 0;

	conn_deadline(s->c, s->o->timeout_ms);
	while (!s->over) {
		struct slice in = buf_slice(&s->c->in);
		const char *lf = slice_find(slice_from(in, looked), '\n');
		size_t n = lf == NULL ? in.n : (size_t)(lf - in.p);

		if (in.n > 0 && in.p[0] == TLS_HELLO && !long_line &&
		    !s->c->secure) {
			part(s, CONDUCT_RUDE, "501 5.5.2",
			    s->c->keeper >= 0 ?
				"speaks TLS on this port after STARTTLS" :
				"speaks no TLS on this port");
			return -1;
		}
		if (n > max + 1 || (long_line && lf != NULL)) {
			skip(s, !long_line, lf == NULL ? n : n + 1);
			long_line = true;
			looked = 0;
			if (lf != NULL)
				return 0;
		} else if (lf != NULL) {
			take(s, n);
			return 1;
		} else {
			looked = long_line ? 0 : n;
			if (long_line)
				buf_clear(&s->c->in);
		}
		if (more_lines(s) < 0)
			return -1;
	}
	return -1;
}

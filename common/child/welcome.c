/*
 * welcome.c - a connection that begins with TLS.
 */
#include "child/welcome.h"

#include "bytes/buf.h"
#include "conn/conn.h"
#include "conn/secure.h"
#include "service/service.h"
#include "system/log.h"

#define ANSWER_MAX 4096
#define ANSWER_MS  5000

/* The value of Host in a head, or nothing. */
static struct slice
host_of(struct slice head)
{
	while (head.n > 0) {
		struct slice line = slice_cut(&head, '\n');

		if (slice_ends(line, "\r"))
			line.n--;
		if (line.n > 5 &&
		    slice_iis((struct slice){ line.p, 5 }, "host:"))
			return slice_trim(slice_from(line, 5));
	}
	return (struct slice){ NULL, 0 };
}

/* The first line's second word, if it is a path. */
static struct slice
target_of(struct slice head)
{
	struct slice line = slice_cut(&head, '\n'), target;

	slice_cut(&line, ' ');
	target = slice_cut(&line, ' ');
	return target.n > 0 && target.p[0] == '/' ? target :
						    (struct slice){ "/", 1 };
}

static bool
is_printable(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* HTTP where HTTPS is spoken: say where to go, in HTTP. */
static void
answer_plain(struct conn *c)
{
	struct slice head = buf_slice(&c->in), host = host_of(head);
	struct slice target = target_of(head);
	char text[ADDR_MAX_TEXT];
	struct buf body, all;

	if (host.n == 0 || !is_printable(host))
		host = slice_of(addr_text(conn_local(c), text));
	if (!is_printable(target))
		target = (struct slice){ "/", 1 };
	buf_init(&body, ANSWER_MAX);
	buf_init(&all, ANSWER_MAX);
	buf_addf(&body,
	    "HTTPS is spoken at this port, and this was HTTP.  "
	    "The address is\nhttps://%.*s%.*s\n",
	    SLICE_FMT(host), SLICE_FMT(target));
	buf_addf(&all,
	    "HTTP/1.1 400 Bad Request\r\n"
	    "Server: berth\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Content-Length: %zu\r\n"
	    "Connection: close\r\n\r\n",
	    body.n);
	buf_adds(&all, buf_slice(&body));
	conn_deadline(c, ANSWER_MS);
	if (!all.failed && !body.failed)
		conn_say(c, buf_slice(&all));
	buf_free(&all);
	buf_free(&body);
}

bool
welcome(struct conn *c, const struct service *s, int *conduct)
{
	char why[SECURE_WHY_MAX] = "", peer[ADDR_MAX_TEXT];
	int status = secure_serve(c, s->alpn, why);

	if (status == SECURE_DONE)
		return true;
	/* Who only looks whether the port is open is no news. */
	if (status == SECURE_GONE && c->received == 0)
		log_debug(
		    "%s: no handshake: %s", addr_text(&c->peer, peer), why);
	else
		log_info("%s from %s: no handshake: %s", s->secure_name,
		    addr_text(&c->peer, peer), why);
	*conduct = status == SECURE_TIMEOUT ? CONDUCT_SLOW : CONDUCT_GONE;
	if (status == SECURE_PLAIN && s->scheme != NULL) {
		answer_plain(c);
		*conduct = CONDUCT_FINE;
	}
	return false;
}

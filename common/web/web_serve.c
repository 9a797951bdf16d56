/*
 * web_serve.c - HTTP as a program sees it: which version does the client
 * speak?
 *
 * What was agreed on over TLS (ALPN, RFC 7301) is spoken, and nothing else.
 * Where nothing was, one that begins with the preface of HTTP/2 (RFC 9113 3.4)
 * knew that we speak it.  Nobody is offered a change: "Upgrade: h2c" is no more
 * (RFC 9113 3.1).
 */
#include <string.h>

#include "web/h1.h"
#include "web/h2.h"

/* Of the preface: all of it, its beginning, or something else. */
enum likeness { IS, BEGINS, IS_NOT };

static enum likeness
compare(struct slice in)
{
	static const struct slice preface = SLICE(H2_PREFACE);
	size_t n = in.n < preface.n ? in.n : preface.n;

	if (memcmp(in.p, preface.p, n) != 0)
		return IS_NOT;
	return n < preface.n ? BEGINS : IS;
}

int
web_serve(struct conn *c, const struct service *service)
{
	const struct web *web = service->context;
	struct slice agreed = conn_protocol(c);
	int64_t idle_ms = web->idle_ms;
	enum likeness likeness;
	ssize_t got;

	conn_deadline(c, idle_ms);
	got = c->in.n > 0 ? 1 : conn_rest(c);
	if (got <= 0)
		return got == CONN_REST ? CONDUCT_RESTS : CONDUCT_FINE;
	if (agreed.n > 0)
		return slice_is(agreed, "h2") ? h2_serve(c, service) :
						h1_serve(c, service);
	likeness = compare(buf_slice(&c->in));
	if (likeness == BEGINS)
		conn_deadline(c, idle_ms < WEB_HEAD_MS ? idle_ms : WEB_HEAD_MS);
	while (likeness == BEGINS && conn_fill(c) > 0)
		likeness = compare(buf_slice(&c->in));
	return likeness == IS ? h2_serve(c, service) : h1_serve(c, service);
}

/*
 * proxy.c - what others serve, under a path of the site: whose a request is,
 * and one step after the other.
 *
 * dial, send, hear: each of them goes as far as it can and is called again.
 */
#include "httpd/proxy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conn/proxied.h"
#include "httpd/mock.h"
#include "httpd/proxy_call.h"
#include "httpd/site.h"
#include "system/clock.h"
#include "system/log.h"

#define OUT_MAX (CONN_IN_MAX + 4 * HTTP_MAX_HEAD)
#define BUSY_MS 20 /* others of this connection dial */

static struct proxy_place places[PROXY_PLACES_MAX];
static struct arg_list dials;

/* ---- the options ---- */

static void
check_twins(size_t last)
{
	for (size_t i = 0; i < last; i++)
		if (slice_eq(places[i].prefix, places[last].prefix))
			args_refuse("--proxy", site.proxies.item[last],
			    EXIT_USAGE, "there is one for %.*s/",
			    SLICE_FMT(places[i].prefix));
}

const struct arg_list *
proxy_prepare(void)
{
	const char *why;

	if (site.proxies.n > PROXY_PLACES_MAX)
		die(EXIT_USAGE, "--proxy: more than %d", PROXY_PLACES_MAX);
	for (size_t i = 0; i < site.proxies.n; i++) {
		const char *text = site.proxies.item[i];

		if (proxy_place_read(text, &places[i], &why) < 0)
			args_refuse("--proxy", text, EXIT_USAGE, "%s", why);
		check_twins(i);
		dials.item[dials.n++] = places[i].dial;
	}
	return dials.n > 0 ? &dials : NULL;
}

/* ---- whose is it ---- */

static const struct proxy_place *
find(const struct exchange *x)
{
	const struct uri *u = &x->r->uri;
	int i;

	if (dials.n == 0 || (u->form != URI_ORIGIN && u->form != URI_ABSOLUTE))
		return NULL;
	i = proxy_place_find(places, dials.n, u->path);
	return i < 0 ? NULL : &places[i];
}

bool
proxy_is_at(const struct exchange *x)
{
	return find(x) != NULL;
}

bool
proxy_wants(const struct exchange *x)
{
	return x->r->method != HTTP_CONNECT && x->r->method != HTTP_TRACE &&
	    find(x) != NULL && !mock_wants(x);
}

/* ---- step by step ---- */

static struct proxy_call *
call_of(struct exchange *x)
{
	return x->reply.own;
}

static int
go_on(struct exchange *x)
{
	struct proxy_call *c = call_of(x);
	int status = proxy_send(c);

	if (status < 0)
		return status;
	status = proxy_reply(c);
	if (status != WEB_LATER)
		return status;
	return web_later_for(
	    x, proxy_send_waits(c), c->fd, proxy_patience(c), go_on);
}

/* There is a connection. */
static int
say(struct exchange *x)
{
	struct proxy_call *c = call_of(x);
	char client[ADDR_MAX_TEXT];
	bool named = x->c->peer.len > 0 && x->c->peer.sa.sa_family != AF_UNIX;
	struct proxy_asked asked = { .r = x->r,
		.to = c->to,
		.keep_host = site.proxy_host == PROXY_HOST_KEEP,
		.upgrade = c->upgrade,
		.secure = proxied_is_secure(x->c),
		.own_password = site.auth != NULL,
		.client = named ? addr_host(&x->c->peer, client) : NULL };

	c->fd = c->dial.fd;
	c->dial.fd = -1;
	c->said = x->r->body.kind == HTTP_BODY_NONE;
	c->until_ms = CLOCK_NEVER;
	proxy_ask_head(&c->out, &asked);
	if (c->out.failed)
		return web_page(x, 500, "out of memory");
	return go_on(x);
}

static int
hear_dialler(struct exchange *x)
{
	struct proxy_call *c = call_of(x);

	if (!dial_hear(x->c, &c->dial))
		return web_later(x, x->c->dialler, dial_ms(), hear_dialler);
	if (c->dial.fd >= 0)
		return say(x);
	x->upstream_us = clock_us() - c->began_us;
	if (c->dial.error == ENOTCONN)
		return proxy_fail(x, c->to, PROXY_NO_DIALLER, 0);
	return proxy_fail(x, c->to, PROXY_AWAY, c->dial.error);
}

static int
dial(struct exchange *x)
{
	struct proxy_call *c = call_of(x);

	if (dial_begin(x->c, &c->dial, (unsigned)(c->to - places)) == 0)
		return hear_dialler(x);
	if (errno == EAGAIN)
		return web_later(x, -1, BUSY_MS, dial);
	return proxy_fail(x, c->to, PROXY_NO_DIALLER, 0);
}

int
proxy_answer(struct exchange *x)
{
	const struct proxy_place *to = find(x);
	struct proxy_call *c;

	if (!proxy_path_stays(x->r->uri.path))
		return web_page(x, 400, "a path with . or .. segments");
	if (proxy_is_circle(x->r))
		return proxy_fail(x, to, PROXY_CIRCLE, 0);
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return web_page(x, 500, "out of memory");
	c->x = x;
	c->to = to;
	c->fd = c->dial.fd = -1;
	c->upgrade = proxy_wants_websocket(x->r);
	c->began_us = clock_us();
	buf_init(&c->out, OUT_MAX);
	buf_init(&c->in, PROXY_IN_MAX);
	x->upstream = to->host;
	x->upstream_us = 0;
	/* Until there is an answer the call hangs on this reply. */
	web_begin(x, 502);
	web_when_done(x, proxy_done, c);
	return dial(x);
}

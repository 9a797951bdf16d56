/*
 * health.c - is it well, is it ready, and how is it doing.
 */
#include "health/health.h"

#include <stdio.h>

#include "conn/conn.h"
#include "grammar/http_accept.h"
#include "grammar/http_fault.h"
#include "grammar/http_request.h"
#include "health/metrics.h"
#include "service/host.h"
#include "service/scoreboard.h"

#define PLAIN   "text/plain; charset=utf-8"
#define OLD     "text/plain; version=0.0.4; charset=utf-8"
#define OPEN    "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define WHY_MAX 128
#define AGENT \
	"agent" /* what HAProxy is told to send: agent-send "agent http\n" */

static struct metrics_from from;
static const struct arg_list *allowed_hosts;

static bool
is_leaving(void)
{
	const struct scoreboard_head *b = scoreboard_read();

	return b != NULL && b->leaving != 0;
}

static void
send_reply(struct conn *c, const char *status, const char *type,
    struct slice body, bool head_only)
{
	struct buf all;

	buf_init(&all, METRICS_MAX + 1024);
	buf_addf(&all,
	    "HTTP/1.1 %s\r\n"
	    "Server: berth\r\n"
	    "Content-Type: %s\r\n"
	    "Content-Length: %zu\r\n"
	    "Cache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Connection: close\r\n\r\n",
	    status, type, body.n);
	if (!head_only)
		buf_adds(&all, body);
	if (!all.failed)
		conn_say(c, buf_slice(&all));
	buf_free(&all);
}

static void
send_metrics(struct conn *c, const struct http_request *r)
{
	/* Prometheus asks for it by name; others get the older one. */
	bool open =
	    http_accepts_type(&r->fields, "application/openmetrics-text") >
	    http_accepts_type(&r->fields, "text/plain");
	struct buf text;

	from.scoreboard = scoreboard_read();
	from.tally = scoreboard_tally();
	buf_init(&text, METRICS_MAX);
	metrics_write(&text, &from, open);
	if (text.failed)
		send_reply(c, "500 Internal Server Error", PLAIN,
		    slice_of("no memory\n"), false);
	else
		send_reply(c, "200 OK", open ? OPEN : OLD, buf_slice(&text),
		    r->method == HTTP_HEAD);
	buf_free(&text);
}

/* Why is it not, or not the service of this name?  Returns whether it is. */
static bool
is_ready(struct slice name, char why[WHY_MAX])
{
	snprintf(why, WHY_MAX, "the server is about to end");
	for (size_t i = 0; i < from.service_count && !is_leaving(); i++) {
		const struct service *s = from.services[i];
		const char *its = NULL;

		if (s->unready != NULL &&
		    (name.n == 0 || slice_is(name, s->name)))
			its = s->unready();
		if (its == NULL)
			continue;
		snprintf(why, WHY_MAX, "%s: %s", s->name, its);
		return false;
	}
	return !is_leaving();
}

static bool
is_service(struct slice name)
{
	for (size_t i = 0; i < from.service_count; i++)
		if (slice_is(name, from.services[i]->name))
			return true;
	return false;
}

static void
send_ready(struct conn *c, struct slice name, bool head_only)
{
	char why[WHY_MAX], text[WHY_MAX + 32];

	if (is_ready(name, why)) {
		send_reply(c, "200 OK", PLAIN, slice_of("ready\n"), head_only);
		return;
	}
	snprintf(text, sizeof(text), "not ready: %s\n", why);
	send_reply(
	    c, "503 Service Unavailable", PLAIN, slice_of(text), head_only);
}

/* "/readyz", and "/readyz/NAME" for one of the services. */
static bool
asks_ready(struct slice path, struct slice *name)
{
	static const struct slice ready = SLICE("/readyz");

	if (!slice_starts(path, "/readyz"))
		return false;
	*name = slice_from(path, ready.n);
	if (name->n == 0)
		return true;
	*name = slice_from(*name, 1);
	return path.p[ready.n] == '/' && is_service(*name);
}

static void
answer(struct conn *c, const struct http_request *r)
{
	bool head = r->method == HTTP_HEAD;
	struct slice name;

	if (host_matters(&c->peer) && !host_is_ours(r->host, allowed_hosts))
		send_reply(c, "421 Misdirected Request", PLAIN,
		    slice_of("asked by a name that is not known to be this "
			     "server's (--allow-host)\n"),
		    head);
	else if (r->method != HTTP_GET && !head)
		send_reply(c, "405 Method Not Allowed\r\nAllow: GET, HEAD",
		    PLAIN, slice_of("only GET and HEAD\n"), false);
	else if (slice_is(r->uri.path, "/livez"))
		send_reply(c, "200 OK", PLAIN, slice_of("alive\n"), head);
	else if (asks_ready(r->uri.path, &name))
		send_ready(c, name, head);
	else if (slice_is(r->uri.path, "/metrics"))
		send_metrics(c, r);
	else
		send_reply(c, "404 Not Found", PLAIN,
		    slice_of("here are /livez, /readyz and /metrics\n"), head);
}

/*
 * HAProxy's agent check.  No share of the usual load: of a server's weight, which
 * is 1 unless somebody says otherwise, 99% is nothing.
 */
static void
answer_agent(struct conn *c, struct slice name)
{
	char why[WHY_MAX];

	conn_sayz(c, is_ready(name, why) ? "ready up\n" : "drain\n");
}

/* Is that all of its line, and the line an agent check's?  Of which service, if
 * it says so. */
static bool
is_agent(struct slice in, struct slice *name)
{
	struct slice line = slice_cut(&in, '\n');

	if (in.p == NULL)
		return false;
	if (slice_ends(line, "\r"))
		line.n--;
	*name = line;
	line = slice_cut(name, ' ');
	return slice_is(line, AGENT) && (name->p == NULL || is_service(*name));
}

static int
serve(struct conn *c, const struct service *service)
{
	static const struct http_rules rules;
	struct http_request *r;
	static struct http_request request;
	struct slice name;
	long n = 0;

	(void)service;
	r = &request;
	c->in.max = HEALTH_HEAD_MAX;
	conn_deadline(c, HEALTH_MS);
	while (n == 0) {
		ssize_t got = conn_fill(c);

		if (got == CONN_TIMEOUT)
			return CONDUCT_SLOW;
		if (got <= 0) /* who only looks whether the port is open */
			return c->received == 0 ? CONDUCT_FINE : CONDUCT_GONE;
		if (is_agent(buf_slice(&c->in), &name)) {
			answer_agent(c, name);
			return CONDUCT_FINE;
		}
		n = http_request_parse(buf_slice(&c->in), &rules, r);
	}
	if (n < 0) {
		send_reply(c, "400 Bad Request", PLAIN,
		    slice_of(http_fault((int)n)->why), false);
		return CONDUCT_RUDE;
	}
	answer(c, r);
	return CONDUCT_FINE;
}

void
health_of(
    struct service *const *services, size_t count, const struct arg_list *hosts)
{
	allowed_hosts = hosts;
	from.services = services;
	from.service_count = count;
}

struct service health_service = {
	.name = "health",
	.title = "Health",
	.direct = true,
	.serve = serve,
	.busy = SLICE("HTTP/1.1 503 Service Unavailable\r\n"
		      "Server: berth\r\n"
		      "Content-Length: 0\r\n"
		      "Connection: close\r\n"
		      "\r\n"),
};

/*
 * proxy_fields.c - the head of a request as it is made anew for an upstream,
 * and which fields of its answer go on to the client.
 */
#include "httpd/proxy_fields.h"

#include "bytes/ascii.h"
#include "bytes/num.h"

#define LOCATION_MAX 16384

static const struct slice crlf = SLICE("\r\n");

/* Of a connection and not of a message, RFC 9110 7.6.1 and before. */
static const char *const of_connection[] = {
	"Connection",
	"Keep-Alive",
	"Proxy-Connection",
	"TE",
	"Trailer",
	"Transfer-Encoding",
	"Upgrade",
	NULL,
};

/* Said anew in every request. */
static const char *const said_anew[] = {
	"Host",
	"Content-Length",
	"Expect",
	"HTTP2-Settings",
	"Proxy-Authorization",
	"Forwarded",
	"X-Forwarded-For",
	"X-Forwarded-Host",
	"X-Forwarded-Proto",
	"X-Real-IP",
	"Via",
	NULL,
};

/* In every answer; Server and Date are ours. */
static const char *const answered_anew[] = {
	"Content-Length",
	"Server",
	"Date",
	"Proxy-Authenticate",
	"Proxy-Authentication-Info",
	"Alt-Svc",
	NULL,
};

/* Programs that take names for variables do not tell "_" from "-": what is
 * dropped is dropped by both. */
static bool
is_named(struct slice name, const char *other)
{
	size_t i;

	for (i = 0; i < name.n && other[i] != '\0'; i++) {
		char c = name.p[i] == '_' ? '-' : name.p[i];

		if (ascii_lower(c) != ascii_lower(other[i]))
			return false;
	}
	return i == name.n && other[i] == '\0';
}

static bool
is_among(struct slice name, const char *const *list)
{
	while (*list != NULL && !is_named(name, *list))
		list++;
	return *list != NULL;
}

/* Does Connection name it? */
static bool
is_hop_by_hop(const struct http_fields *f, struct slice name)
{
	struct http_list l = { 0 };
	struct slice option;

	if (is_among(name, of_connection))
		return true;
	while (http_next(f, "Connection", &l, &option))
		if (slice_ieq(option, name))
			return true;
	return false;
}

static void
add_line(struct buf *b, struct slice name, struct slice value)
{
	buf_adds(b, name);
	buf_addz(b, ": ");
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		/* A folded line is one line from here on. */
		buf_addc(b, c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
	}
	buf_adds(b, crlf);
}

/* ---- the request ---- */

/* Who was asked, as Host has it; nothing if nobody was named. */
static void
add_asked_host(struct buf *b, const struct http_request *r)
{
	bool six = slice_find(r->host, ':') != NULL;

	if (six)
		buf_addc(b, '[');
	buf_adds(b, r->host);
	if (six)
		buf_addc(b, ']');
	if (r->port.n > 0) {
		buf_addc(b, ':');
		buf_adds(b, r->port);
	}
}

static void
add_host(struct buf *b, const struct proxy_asked *a)
{
	bool keep = a->keep_host && a->r->host.n > 0;

	buf_addz(b, "Host: ");
	if (keep)
		add_asked_host(b, a->r);
	else
		buf_addz(b, a->to->host);
	buf_adds(b, crlf);
}

static void
add_passed_on(struct buf *b, const struct proxy_asked *a)
{
	const struct http_fields *f = &a->r->fields;

	for (size_t i = 0; i < f->n; i++) {
		struct slice name = f->at[i].name;

		if (is_hop_by_hop(f, name) || is_among(name, said_anew) ||
		    (a->own_password && is_named(name, "Authorization")))
			continue;
		add_line(b, name, f->at[i].value);
	}
}

static void
add_origin(struct buf *b, const struct proxy_asked *a)
{
	const struct http_request *r = a->r;
	struct http_list l = { 0 };
	struct slice hop;

	if (a->client != NULL)
		buf_addf(b, "X-Forwarded-For: %s\r\nX-Real-IP: %s\r\n",
		    a->client, a->client);
	if (r->host.n > 0) {
		buf_addz(b, "X-Forwarded-Host: ");
		add_asked_host(b, r);
		buf_adds(b, crlf);
	}
	buf_addf(b, "X-Forwarded-Proto: %s\r\n", a->secure ? "https" : "http");
	buf_addz(b, "Via: ");
	while (http_next(&r->fields, "Via", &l, &hop)) {
		buf_adds(b, hop);
		buf_addz(b, ", ");
	}
	buf_addf(b, "%d.%d berth\r\n", r->major, r->major > 1 ? 0 : r->minor);
}

static bool
expects_body(const struct http_request *r)
{
	return slice_is(r->method_text, "POST") ||
	    slice_is(r->method_text, "PUT") ||
	    slice_is(r->method_text, "PATCH");
}

static void
add_framing(struct buf *b, const struct http_request *r)
{
	switch (r->body.kind) {
	case HTTP_BODY_LENGTH:
		buf_addf(
		    b, "Content-Length: %ju\r\n", (uintmax_t)r->body.length);
		break;
	case HTTP_BODY_CHUNKED:
	case HTTP_BODY_TO_END:
		buf_addz(b, "Transfer-Encoding: chunked\r\n");
		break;
	case HTTP_BODY_NONE:
		if (expects_body(r))
			buf_addz(b, "Content-Length: 0\r\n");
		break;
	}
}

void
proxy_ask_head(struct buf *b, const struct proxy_asked *a)
{
	const struct http_request *r = a->r;

	buf_adds(b, r->method_text);
	buf_addc(b, ' ');
	proxy_target(b, a->to, r->uri.path, r->uri.query);
	buf_addz(b, " HTTP/1.1\r\n");
	add_host(b, a);
	add_passed_on(b, a);
	add_origin(b, a);
	add_framing(b, r);
	if (a->upgrade)
		buf_addz(b, "Connection: Upgrade\r\nUpgrade: websocket\r\n");
	else
		buf_addz(b, "Connection: close\r\n");
	buf_adds(b, crlf);
}

bool
proxy_is_circle(const struct http_request *r)
{
	struct http_list l = { 0 };
	struct slice hop;
	int hops = 0;

	while (http_next(&r->fields, "Via", &l, &hop))
		hops += slice_ends(hop, " berth");
	return hops >= PROXY_HOPS_MAX;
}

bool
proxy_wants_websocket(const struct http_request *r)
{
	return r->major == 1 && r->minor > 0 && r->method == HTTP_GET &&
	    r->body.kind == HTTP_BODY_NONE &&
	    http_has(&r->fields, "Connection", "upgrade") &&
	    http_has(&r->fields, "Upgrade", "websocket");
}

/* ---- the answer ---- */

static bool
is_in_lines(struct slice name, struct slice lines)
{
	while (lines.n > 0) {
		struct slice line = slice_cut(&lines, '\n');

		if (slice_ieq(slice_cut(&line, ':'), name))
			return !slice_iis(name, "Vary");
	}
	return false;
}

static void
add_location(struct buf *b, const struct proxy_place *to, struct slice name,
    struct slice value)
{
	struct buf path;

	buf_init(&path, LOCATION_MAX);
	if (proxy_location(to, value, &path))
		value = buf_slice(&path);
	add_line(b, name, value);
	buf_free(&path);
}

void
proxy_answer_fields(struct buf *b, const struct http_response *r,
    const struct proxy_place *to, struct slice own)
{
	const struct http_fields *f = &r->fields;

	for (size_t i = 0; i < f->n; i++) {
		struct slice name = f->at[i].name;

		if (is_hop_by_hop(f, name) || is_among(name, answered_anew) ||
		    is_in_lines(name, own))
			continue;
		if (slice_iis(name, "Location"))
			add_location(b, to, name, f->at[i].value);
		else
			add_line(b, name, f->at[i].value);
	}
}

/*
 * echo.c - an endpoint for people who test their own HTTP client.
 *
 * What a client sent comes back as a page of this site, so it is sandboxed
 * and its type is not to be guessed: nobody shall be lured into running a
 * script of somebody else's here.
 */
#include "httpd/echo.h"

#include "bytes/num.h"
#include "grammar/escape.h"
#include "httpd/site.h"
#include "system/clock.h"

/* What stands behind the endpoint's path: "" or "/...", or {NULL, 0}. */
static struct slice
behind(const struct exchange *x)
{
	struct slice base = slice_of(site.echo), path = x->r->uri.path;
	struct slice none = { NULL, 0 };

	if (base.n == 0 || path.n < base.n ||
	    !slice_eq((struct slice){ path.p, base.n }, base))
		return none;
	path = (struct slice){ path.p + base.n, path.n - base.n };
	return path.n == 0 || path.p[0] == '/' ? path : none;
}

bool
echo_is_at(const struct exchange *x)
{
	return behind(x).p != NULL;
}

bool
echo_wants(const struct exchange *x)
{
	return x->r->method != HTTP_CONNECT && x->r->method != HTTP_TRACE &&
	    echo_is_at(x);
}

static const char lines[] = "Cache-Control: no-store\r\n"
			    "X-Content-Type-Options: nosniff\r\n"
			    "Content-Security-Policy: sandbox\r\n";

/* The reply is made; these go with all of the endpoint's. */
static int
with_lines(struct exchange *x)
{
	x->reply.lines = slice_of(lines);
	if (x->r->method == HTTP_OPTIONS && x->reply.status != 405)
		web_fieldz(x, "Allow", ECHO_METHODS);
	return 0;
}

/* A field's value comes back as it was checked: no CR, LF or NUL is in it. */
static int
give_back(struct exchange *x, struct buf *body)
{
	struct slice type = web_get(x, "Content-Type");

	web_made(x, 200, "application/octet-stream", body);
	if (x->reply.status == 200 && type.n > 0)
		x->reply.type = type;
	return with_lines(x);
}

static void
add_string(struct buf *b, struct slice s)
{
	buf_addc(b, '"');
	escape_json(b, s);
	buf_addc(b, '"');
}

static int
tell_headers(struct exchange *x, const struct buf *body)
{
	const struct http_request *r = x->r;
	struct buf b;

	buf_init(&b, 8 * HTTP_MAX_HEAD);
	buf_addz(&b, "{\"method\":");
	add_string(&b, r->method_text);
	buf_addz(&b, ",\"target\":");
	add_string(&b, r->target);
	buf_addf(&b, ",\"http\":\"%d.%d\",\"body_bytes\":%zu,\"headers\":[",
	    r->major, r->minor, body->n);
	for (size_t i = 0; i < r->fields.n; i++) {
		buf_addz(&b, i == 0 ? "\n[" : ",\n[");
		add_string(&b, r->fields.at[i].name);
		buf_addc(&b, ',');
		add_string(&b, r->fields.at[i].value);
		buf_addc(&b, ']');
	}
	buf_addz(&b, "]}\n");
	web_made(x, 200, "application/json", &b);
	return with_lines(x);
}

static int
answer_status(struct exchange *x, struct slice digits)
{
	uint64_t status;

	if (digits.n != 3 || num_within(digits, 200, 599, &status) != NUM_OK)
		return web_page(x, 400, "echo: a status is 200 to 599");
	web_bytes(x, (int)status, "text/plain; charset=utf-8", digits);
	if (status == 401)
		web_fieldz(x, "WWW-Authenticate", "Basic realm=\"echo\"");
	if (status == 405)
		web_fieldz(x, "Allow", ECHO_METHODS);
	if (status == 429 || status == 503)
		web_fieldz(x, "Retry-After", "1");
	if (status / 100 == 3 && status != 304)
		web_fieldz(x, "Location", site.echo);
	return with_lines(x);
}

/* Seconds with up to three decimals, in milliseconds, or -1. */
static int64_t
read_delay(struct slice text)
{
	struct slice rest = text, whole = slice_cut(&rest, '.');
	uint64_t s, ms = 0;

	if (num_within(whole, 0, ECHO_DELAY_MAX, &s) != NUM_OK || rest.n > 3 ||
	    (rest.p != NULL && num_decimal(rest, &ms) != NUM_OK))
		return -1;
	for (size_t i = rest.n; i < 3; i++)
		ms *= 10;
	ms += s * 1000;
	return ms > ECHO_DELAY_MAX * 1000 ? -1 : (int64_t)ms;
}

/* The reply has been made; is it time?  A client that hung up may still hear. */
static int
answer_in_time(struct exchange *x)
{
	int64_t left = clock_left_ms(x->until_ms);

	return left > 0 ? web_later(x, -1, left, answer_in_time) : 0;
}

static int
answer_delay(struct exchange *x, struct slice text, struct buf *body)
{
	int64_t ms = read_delay(text);

	if (ms < 0)
		return web_page(x, 400, "echo: a delay is 0 to 30 seconds");
	give_back(x, body);
	x->until_ms = clock_ms() + ms;
	return answer_in_time(x);
}

static int
choose(struct exchange *x, struct buf *body)
{
	struct slice rest = behind(x), what;

	if (rest.n > 0)
		rest = slice_from(rest, 1);
	what = slice_cut(&rest, '/');
	if (what.n == 0 && rest.n == 0)
		return give_back(x, body);
	if (slice_is(what, "headers") && rest.n == 0)
		return tell_headers(x, body);
	if (slice_is(what, "status"))
		return answer_status(x, rest);
	if (slice_is(what, "delay"))
		return answer_delay(x, rest, body);
	return web_page(x, 404, "echo: headers, status/NNN or delay/SECONDS");
}

int
echo_answer(struct exchange *x)
{
	struct buf body;
	int status;

	buf_init(&body, ECHO_BODY_MAX);
	status = web_body_read(x, &body);
	if (status == 0)
		status = choose(x, &body);
	else if (status > 0)
		status = web_refuse(x, 413, "echo: the body is too large");
	buf_free(&body);
	return status;
}

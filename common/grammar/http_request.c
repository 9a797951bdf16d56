/*
 * http_request.c - the head of a request.
 */
#include "grammar/http_request.h"

#include "bytes/ascii.h"
#include "grammar/http_fault.h"

static const struct slice methods[] = {
	[HTTP_UNKNOWN] = SLICE("?"),
	[HTTP_GET] = SLICE("GET"),
	[HTTP_HEAD] = SLICE("HEAD"),
	[HTTP_OPTIONS] = SLICE("OPTIONS"),
	[HTTP_POST] = SLICE("POST"),
	[HTTP_PUT] = SLICE("PUT"),
	[HTTP_PATCH] = SLICE("PATCH"),
	[HTTP_DELETE] = SLICE("DELETE"),
	[HTTP_TRACE] = SLICE("TRACE"),
	[HTTP_CONNECT] = SLICE("CONNECT"),
};

static enum http_method
method_of(struct slice text)
{
	for (int m = HTTP_GET; m <= HTTP_CONNECT; m++)
		if (slice_eq(text, methods[m]))
			return (enum http_method)m;
	return HTTP_UNKNOWN;
}

/*
 * The line end at p: its length, 0 for more, or a fault.
 */
static long
line_end(const char *p, const char *end, bool lenient)
{
	if (p == end)
		return 0;
	if (*p == '\n')
		return lenient ? 1 : HTTP_BARE_LF;
	if (*p != '\r')
		return HTTP_BAD_VERSION;
	if (p + 1 == end)
		return 0;
	return p[1] == '\n' ? 2 : HTTP_BARE_CR;
}

/*
 * Empty lines before the request line, RFC 9112 2.2.  Returns their bytes; a
 * line end that is still cut off is left for the next time.
 */
static long
skip_empty(const char *p, const char *end, bool lenient)
{
	const char *begin = p;

	for (int lines = 0; p < end && (*p == '\r' || *p == '\n'); lines++) {
		long n = line_end(p, end, lenient);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		if (lines == HTTP_MAX_EMPTY_LINES)
			return HTTP_EMPTY_LINES;
		p += n;
	}
	return p - begin;
}

/* Each reads one part at p and returns its bytes, 0 for more, or a fault. */

static long
read_method(const char *p, const char *end, struct http_request *r)
{
	const char *begin = p;

	while (p < end && ascii_is(*p, ASCII_TCHAR) &&
	    p - begin <= HTTP_MAX_METHOD)
		p++;
	r->method_text = slice_between(begin, p);
	if (p - begin > HTTP_MAX_METHOD)
		return HTTP_LONG_METHOD;
	if (p == end)
		return 0;
	if (p == begin || *p != ' ')
		return HTTP_BAD_METHOD;
	return p - begin;
}

static long
read_target(const char *p, const char *end, struct http_request *r)
{
	const char *begin = p;

	while (p < end && uri_may_hold(*p) && p - begin <= HTTP_MAX_TARGET)
		p++;
	r->target = slice_between(begin, p);
	if (p - begin > HTTP_MAX_TARGET)
		return HTTP_LONG_TARGET;
	if (p == end)
		return 0;
	if (*p == '\r' || *p == '\n')
		return HTTP_BAD_VERSION; /* HTTP/0.9 had none */
	if (p == begin || *p != ' ')
		return HTTP_BAD_TARGET;
	return p - begin;
}

static long
read_version(
    const char *p, const char *end, bool lenient, struct http_request *r)
{
	static const char pattern[] = "HTTP/d.d";
	const char *begin = p;
	long n;

	for (const char *want = pattern; *want != '\0'; want++, p++) {
		if (p == end)
			return 0;
		if (*want == 'd' ? !ascii_is(*p, ASCII_DIGIT) : *p != *want)
			return HTTP_BAD_VERSION;
	}
	n = line_end(p, end, lenient);
	if (n <= 0)
		return n;
	if (begin[5] != '1')
		return begin[5] == '0' ? HTTP_BAD_VERSION : HTTP_NEW_VERSION;
	r->minor = begin[7] != '0';
	return p - begin + n;
}

/* What the target may look like depends on the method, RFC 9112 3.2. */
static int
judge_target(struct http_request *r)
{
	if (r->method == HTTP_CONNECT)
		return 0; /* refused whatever it is */
	switch (uri_parse(r->target, &r->uri)) {
	case 0:
		break;
	case URI_BAD_HOST:
		return HTTP_BAD_AUTHORITY;
	case URI_BAD_SCHEME:
		return HTTP_BAD_SCHEME;
	default:
		return HTTP_BAD_TARGET;
	}
	if (r->uri.form == URI_AUTHORITY)
		return HTTP_BAD_TARGET;
	if (r->uri.form == URI_ASTERISK && r->method != HTTP_OPTIONS)
		return HTTP_BAD_ASTERISK;
	return 0;
}

static long
read_line(const char *p, const char *end, bool lenient, struct http_request *r)
{
	const char *begin = p;
	long n = read_method(p, end, r);
	int fault;

	if (n <= 0)
		return n;
	r->method = method_of(r->method_text);
	p += n + 1;
	n = read_target(p, end, r);
	if (n <= 0)
		return n;
	p += n + 1;
	n = read_version(p, end, lenient, r);
	if (n <= 0)
		return n;
	p += n;
	r->line = slice_between(begin, p[-2] == '\r' ? p - 2 : p - 1);
	fault = judge_target(r);
	return fault < 0 ? fault : p - begin;
}

/* Host, RFC 9112 3.2; a target in absolute form overrules it. */
static int
judge_host(struct http_request *r)
{
	struct slice host, port;

	r->host = r->uri.host;
	r->port = r->uri.port;
	switch (http_count(&r->fields, "Host")) {
	case 0:
		return r->minor == 0 ? 0 : HTTP_NO_HOST;
	case 1:
		break;
	default:
		return HTTP_TWO_HOSTS;
	}
	if (uri_host(http_get(&r->fields, "Host"), &host, &port) != 0)
		return HTTP_BAD_HOST;
	if (r->uri.form != URI_ABSOLUTE) {
		r->host = host;
		r->port = port;
	}
	return 0;
}

static int
judge_fields(struct http_request *r)
{
	int fault = judge_host(r);
	bool to_close;

	if (fault == 0)
		fault = http_body_of_request(&r->fields, r->minor, &r->body);
	if (fault == 0)
		fault = http_expects_100(&r->fields, r->minor);
	if (fault < 0)
		return fault;
	r->expects_100 = fault > 0 && r->body.kind != HTTP_BODY_NONE;
	to_close = http_has(&r->fields, "Connection", "close");
	r->keep_alive = !to_close &&
	    (r->minor > 0 || http_has(&r->fields, "Connection", "keep-alive"));
	return 0;
}

/* What a log can show of a request line that is broken or cut off. */
static void
keep_line(const char *p, const char *end, struct http_request *r)
{
	const char *begin = p;

	if (r->line.n > 0)
		return;
	if (end - p > HTTP_MAX_TARGET)
		end = p + HTTP_MAX_TARGET;
	while (p < end && *p != '\r' && *p != '\n')
		p++;
	r->line = slice_between(begin, p);
}

static long
parse(const char *p, const char *end, const struct http_rules *rules,
    struct http_request *r)
{
	const char *begin = p;
	long n = read_line(p, end, rules->lenient_lf, r);
	int fault;

	if (n <= 0)
		return n;
	p += n;
	n = http_fields_parse(slice_between(p, end), rules, &r->fields);
	if (n <= 0)
		return n;
	fault = judge_fields(r);
	return fault < 0 ? fault : p - begin + n;
}

/*
 * The record that begins a conversation in TLS, RFC 8446 5.1: a handshake (22)
 * of version 3.x.  No line of HTTP begins so.
 */
static long
judge_tls(struct slice s)
{
	if (s.p[0] != '\x16')
		return 1;
	if (s.n == 1)
		return 0;
	return s.p[1] == '\x03' ? HTTP_IS_TLS : HTTP_BAD_METHOD;
}

long
http_request_parse(
    struct slice s, const struct http_rules *rules, struct http_request *r)
{
	const char *p = s.p, *end = s.p + s.n;
	long empty, n;

	r->method = HTTP_UNKNOWN;
	r->method_text = r->target = r->line = (struct slice){ NULL, 0 };
	r->host = r->port = (struct slice){ NULL, 0 };
	r->uri = (struct uri){ .path = SLICE("/") };
	r->body = (struct http_body){ .kind = HTTP_BODY_NONE };
	r->major = 1;
	r->minor = 0;
	r->keep_alive = r->expects_100 = false;
	r->fields.n = 0;
	if (s.n == 0)
		return 0;
	n = judge_tls(s);
	if (n <= 0)
		return n;
	empty = skip_empty(p, end, rules->lenient_lf);
	if (empty < 0)
		return empty;
	p += empty;
	if (end - p > HTTP_MAX_HEAD)
		end = p + HTTP_MAX_HEAD;
	if (p == end || *p == '\r')
		return 0;
	n = parse(p, end, rules, r);
	if (n == 0 && end - p == HTTP_MAX_HEAD)
		n = HTTP_LONG_HEAD;
	if (n < 0)
		keep_line(p, end, r);
	return n > 0 ? empty + n : n;
}

/* What the lines of HTTP/1.1 could not have carried. */
static int
judge_bytes(const struct http_request *r)
{
	if (!http_is_token(r->method_text))
		return HTTP_BAD_METHOD;
	if (r->method_text.n > HTTP_MAX_METHOD)
		return HTTP_LONG_METHOD;
	if (r->target.n > HTTP_MAX_TARGET)
		return HTTP_LONG_TARGET;
	if (r->target.n == 0)
		return HTTP_BAD_TARGET;
	for (size_t i = 0; i < r->target.n; i++)
		if (!uri_may_hold(r->target.p[i]))
			return HTTP_BAD_TARGET;
	for (size_t i = 0; i < r->fields.n; i++) {
		struct slice value = r->fields.at[i].value;

		if (!http_is_token(r->fields.at[i].name))
			return HTTP_BAD_NAME;
		for (size_t j = 0; j < value.n; j++)
			if (ascii_is(value.p[j], ASCII_CTL) &&
			    value.p[j] != '\t')
				return HTTP_BAD_VALUE;
	}
	return 0;
}

int
http_request_judge(struct http_request *r)
{
	int fault = judge_bytes(r);

	r->method = method_of(r->method_text);
	r->host = r->port = (struct slice){ NULL, 0 };
	r->uri = (struct uri){ .path = SLICE("/") };
	r->body = (struct http_body){ .kind = HTTP_BODY_NONE };
	r->major = 1;
	r->minor = 1;
	if (fault == 0)
		fault = judge_target(r);
	/* RFC 9113 8.3.1: a path, and not the absolute form. */
	if (fault == 0 && r->uri.form == URI_ABSOLUTE)
		fault = HTTP_BAD_TARGET;
	if (fault == 0)
		fault = judge_fields(r);
	r->major = 2;
	r->minor = 0;
	return fault;
}

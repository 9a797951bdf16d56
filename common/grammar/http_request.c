/*
 * http_request.c - the head of a request, read from bytes.
 */
#include "grammar/http_request.h"

#include "bytes/ascii.h"
#include "grammar/http_fault.h"
#include "grammar/http_request_inside.h"

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

static long
read_line(const char *p, const char *end, bool lenient, struct http_request *r)
{
	const char *begin = p;
	long n = read_method(p, end, r);
	int fault;

	if (n <= 0)
		return n;
	r->method = http_method_of(r->method_text);
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
	fault = http_judge_target(r);
	return fault < 0 ? fault : p - begin;
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
	fault = http_judge_fields(r);
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

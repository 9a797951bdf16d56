/*
 * http_request_judge.c - what a request may be, once its parts are known: those
 * that were read from lines (http_request.c), or came as fields of HTTP/2.
 */
#include "grammar/http_request_inside.h"

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

enum http_method
http_method_of(struct slice text)
{
	for (int m = HTTP_GET; m <= HTTP_CONNECT; m++)
		if (slice_eq(text, methods[m]))
			return (enum http_method)m;
	return HTTP_UNKNOWN;
}

/* What the target may look like depends on the method, RFC 9112 3.2. */
int
http_judge_target(struct http_request *r)
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

int
http_judge_fields(struct http_request *r)
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

	r->method = http_method_of(r->method_text);
	r->host = r->port = (struct slice){ NULL, 0 };
	r->uri = (struct uri){ .path = SLICE("/") };
	r->body = (struct http_body){ .kind = HTTP_BODY_NONE };
	r->major = 1;
	r->minor = 1;
	if (fault == 0)
		fault = http_judge_target(r);
	/* RFC 9113 8.3.1: a path, and not the absolute form. */
	if (fault == 0 && r->uri.form == URI_ABSOLUTE)
		fault = HTTP_BAD_TARGET;
	if (fault == 0)
		fault = http_judge_fields(r);
	r->major = 2;
	r->minor = 0;
	return fault;
}

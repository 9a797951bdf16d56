/*
 * send.c - a file as a reply: conditions, ranges, the bytes.
 */
#include "httpd/send.h"

#include "grammar/http_range.h"

static void
add_fields(struct exchange *x, const struct stock_file *f, size_t n)
{
	buf_add(x->head, f->fields.p, n);
}

static int
send_whole(struct exchange *x, int status, const struct stock_file *f)
{
	web_begin(x, status);
	add_fields(x, f, f->fields.n);
	if (f->fd < 0)
		return web_send(x, buf_slice(&f->bytes));
	return web_send_file(x, f->fd, 0, f->length);
}

static int
send_one(struct exchange *x, const struct stock_file *f,
    const struct http_span *span)
{
	web_begin(x, 206);
	add_fields(x, f, f->fields.n);
	web_fieldf(x, "Content-Range", "bytes %ju-%ju/%ju",
	    (uintmax_t)span->first, (uintmax_t)(span->first + span->length - 1),
	    (uintmax_t)f->length);
	if (f->fd >= 0)
		return web_send_file(
		    x, f->fd, (off_t)span->first, span->length);
	return web_send(x,
	    (struct slice){ f->bytes.p + span->first, (size_t)span->length });
}

static int
send_unsatisfiable(struct exchange *x, const struct stock_file *f)
{
	struct buf page;
	int status;

	x->why = "range not satisfiable";
	buf_init(&page, WEB_INLINE_MAX);
	web_page_html(&page, 416, NULL);
	web_begin(x, 416);
	web_fieldf(x, "Content-Range", "bytes */%ju", (uintmax_t)f->length);
	web_fieldz(x, "Content-Type", "text/html; charset=utf-8");
	status = web_send(x, buf_slice(&page));
	buf_free(&page);
	return status;
}

int
send_file(struct exchange *x, const struct stock_file *f)
{
	struct http_span span[HTTP_MAX_RANGES];
	struct http_validators v = stock_validators(f);
	struct slice range;
	int n;

	switch (http_condition(&x->r->fields, true, &v)) {
	case HTTP_NOT_MODIFIED:
		web_begin(x, 304);
		add_fields(x, f, f->validators);
		return web_send(x, (struct slice){ NULL, 0 });
	case HTTP_PRECONDITION_FAILED:
		return web_page(x, 412, "precondition failed");
	case HTTP_GO_ON:
		break;
	}
	range = http_get(&x->r->fields, "Range");
	if (range.p == NULL || x->r->method != HTTP_GET ||
	    !http_if_range(&x->r->fields, &v))
		return send_whole(x, 200, f);
	n = http_ranges(range, f->length, span);
	if (n == HTTP_RANGE_NONE)
		return send_unsatisfiable(x, f);
	return n == 1 ? send_one(x, f, span) : send_whole(x, 200, f);
}

int
send_as(struct exchange *x, int status, const struct stock_file *f)
{
	return send_whole(x, status, f);
}

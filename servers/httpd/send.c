/*
 * send.c - a file as a reply: conditions, ranges, the bytes.
 */
#include "httpd/send.h"

#include <stdio.h>

#include "grammar/http_range.h"
#include "system/clock.h"

#define BOUNDARY_MAX  32
#define PART_HEAD_MAX 512 /* a type is at most MIME_MAX_TYPE, or --mime's */

static void
add_fields(struct exchange *x, const struct cached_file *f, size_t n)
{
	buf_add(x->head, f->fields.p, n);
}

static int
send_whole(struct exchange *x, int status, const struct cached_file *f)
{
	web_begin(x, status);
	add_fields(x, f, f->fields.n);
	if (f->fd < 0)
		return web_send(x, buf_slice(&f->bytes));
	return web_send_file(x, f->fd, 0, f->length);
}

static int
send_one(struct exchange *x, const struct cached_file *f,
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

/*
 * A boundary that the file cannot foresee: it need not be secret, only absent
 * from the parts, and it changes with every change of the file.
 */
static void
make_boundary(char to[BOUNDARY_MAX], const struct cached_file *f)
{
	uint64_t seed = (uint64_t)f->st.st_mtim.tv_nsec ^
	    ((uint64_t)f->st.st_ino << 32) ^ (uint64_t)clock_wall_us();

	for (int i = 0; i < 2; i++) {
		seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9U;
		seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebU;
	}
	snprintf(to, BOUNDARY_MAX, "berth-%016jx", (uintmax_t)seed);
}

/* What stands before a part. */
static size_t
part_head(char to[PART_HEAD_MAX], const char *boundary,
    const struct cached_file *f, const struct http_span *span)
{
	return (size_t)snprintf(to, PART_HEAD_MAX,
	    "\r\n--%s\r\nContent-Type: %s\r\n"
	    "Content-Range: bytes %ju-%ju/%ju\r\n\r\n",
	    boundary, f->type, (uintmax_t)span->first,
	    (uintmax_t)(span->first + span->length - 1), (uintmax_t)f->length);
}

static int
send_part(struct exchange *x, const char *boundary, const struct cached_file *f,
    const struct http_span *span)
{
	char head[PART_HEAD_MAX];
	size_t n = part_head(head, boundary, f, span);
	int status = web_more(x, (struct slice){ head, n });

	if (status < 0)
		return status;
	if (f->fd >= 0)
		return web_more_file(
		    x, f->fd, (off_t)span->first, span->length);
	return web_more(x,
	    (struct slice){ f->bytes.p + span->first, (size_t)span->length });
}

/* multipart/byteranges, RFC 9110 14.6 */
static int
send_many(struct exchange *x, const struct cached_file *f,
    const struct http_span *span, int n)
{
	char boundary[BOUNDARY_MAX], scratch[PART_HEAD_MAX];
	char end[BOUNDARY_MAX + 8];
	uint64_t length;
	int status;

	make_boundary(boundary, f);
	length =
	    (uint64_t)snprintf(end, sizeof(end), "\r\n--%s--\r\n", boundary);
	for (int i = 0; i < n; i++)
		length +=
		    part_head(scratch, boundary, f, &span[i]) + span[i].length;
	web_begin(x, 206);
	add_fields(x, f, f->others);
	web_fieldf(
	    x, "Content-Type", "multipart/byteranges; boundary=%s", boundary);
	status = web_send_head(x, length);
	for (int i = 0; i < n && status == 0; i++)
		status = send_part(x, boundary, f, &span[i]);
	return status < 0 ? status : web_more(x, slice_of(end));
}

static int
send_unsatisfiable(struct exchange *x, const struct cached_file *f)
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
send_file(struct exchange *x, const struct cached_file *f)
{
	struct http_span span[HTTP_MAX_RANGES];
	struct http_validators v = file_cache_validators(f);
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
	if (n == HTTP_RANGE_WHOLE)
		return send_whole(x, 200, f);
	return n == 1 ? send_one(x, f, span) : send_many(x, f, span, n);
}

int
send_as(struct exchange *x, int status, const struct cached_file *f)
{
	return send_whole(x, status, f);
}

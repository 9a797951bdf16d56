/*
 * web_content.c - HTTP as a program sees it: what can be had whole or in part,
 * now or later.  Conditions (RFC 9110 13) and ranges (RFC 9110 14).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/http_range.h"
#include "system/clock.h"
#include "web/web_content.h"

#define BOUNDARY_MAX  32
#define PART_HEAD_MAX 512 /* a type that is longer is cut */

/* A body of several parts while it is sent. */
struct parts {
	struct web_content content;
	struct http_span span[HTTP_MAX_RANGES];
	int n;     /* of them */
	int at;    /* the next, ... */
	bool head; /* ... whose head has been given */
	char boundary[BOUNDARY_MAX];
	char type[sizeof("multipart/byteranges; boundary=") + BOUNDARY_MAX];
	char text[PART_HEAD_MAX];
};

static void
add_body(struct reply *r, const struct web_content *c, uint64_t first,
    uint64_t length)
{
	r->length = length;
	r->done = c->done;
	r->own = c->own;
	if (c->bytes.p != NULL) {
		r->bytes = (struct slice){ c->bytes.p + first, (size_t)length };
		return;
	}
	r->kind = REPLY_FILE;
	r->file = c->file;
	r->offset = (off_t)first;
}

static struct reply *
begin(struct exchange *x, int status, const struct web_content *c)
{
	struct reply *r = &x->reply;

	web_begin(x, status);
	r->lines = c->lines;
	r->more = c->more;
	r->type = slice_of(c->type);
	return r;
}

int
web_content_as(struct exchange *x, int status, const struct web_content *c)
{
	add_body(begin(x, status, c), c, 0, c->length);
	return 0;
}

static int
whole(struct exchange *x, const struct web_content *c)
{
	return web_content_as(x, 200, c);
}

static int
one_part(struct exchange *x, const struct web_content *c,
    const struct http_span *span)
{
	add_body(begin(x, 206, c), c, span->first, span->length);
	web_fieldf(x, "Content-Range", "bytes %ju-%ju/%ju",
	    (uintmax_t)span->first, (uintmax_t)(span->first + span->length - 1),
	    (uintmax_t)c->length);
	return 0;
}

/*
 * A boundary that the content cannot foresee: it need not be secret, only
 * absent from the parts, and it changes with the time.
 */
static void
make_boundary(struct parts *p)
{
	struct slice etag = p->content.validators.etag;
	uint64_t seed = (uint64_t)clock_wall_us() ^
	    ((uint64_t)p->content.validators.modified << 32);

	for (size_t i = 0; i < etag.n; i++)
		seed = (seed ^ (unsigned char)etag.p[i]) * 0x100000001b3U;
	for (int i = 0; i < 2; i++) {
		seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9U;
		seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebU;
	}
	snprintf(p->boundary, BOUNDARY_MAX, "berth-%016jx", (uintmax_t)seed);
}

/* What stands before part i, or behind the last. */
static struct slice
part_head(struct parts *p, int i)
{
	const struct http_span *span = &p->span[i];
	int n;

	if (i == p->n)
		n = snprintf(
		    p->text, PART_HEAD_MAX, "\r\n--%s--\r\n", p->boundary);
	else
		n = snprintf(p->text, PART_HEAD_MAX,
		    "\r\n--%s\r\nContent-Type: %.300s\r\n"
		    "Content-Range: bytes %ju-%ju/%ju\r\n\r\n",
		    p->boundary, p->content.type, (uintmax_t)span->first,
		    (uintmax_t)(span->first + span->length - 1),
		    (uintmax_t)p->content.length);
	return (struct slice){ p->text, (size_t)n };
}

static enum piece_status
next_part(void *own, struct piece *piece)
{
	struct parts *p = own;
	const struct http_span *span = &p->span[p->at];

	if (p->at > p->n)
		return PIECE_END;
	if (!p->head) {
		piece->bytes = part_head(p, p->at);
		p->head = p->at < p->n;
		p->at += p->at == p->n;
		return PIECE_MORE;
	}
	p->head = false;
	p->at++;
	if (p->content.bytes.p != NULL) {
		piece->bytes = (struct slice){ p->content.bytes.p + span->first,
			(size_t)span->length };
		return PIECE_MORE;
	}
	piece->file = p->content.file;
	piece->offset = (off_t)span->first;
	piece->n = span->length;
	return PIECE_MORE;
}

static void
parts_done(void *own)
{
	struct parts *p = own;

	if (p->content.done != NULL)
		p->content.done(p->content.own);
	free(p);
}

/* multipart/byteranges, RFC 9110 14.6 */
static int
many_parts(struct exchange *x, const struct web_content *c,
    const struct http_span *span, int n)
{
	struct parts *p = calloc(1, sizeof(*p));
	struct reply *r;

	if (p == NULL)
		return whole(x, c); /* RFC 9110 14.2: a server may */
	p->content = *c;
	memcpy(p->span, span, (size_t)n * sizeof(*span));
	p->n = n;
	make_boundary(p);
	snprintf(p->type, sizeof(p->type), "multipart/byteranges; boundary=%s",
	    p->boundary);
	r = begin(x, 206, c);
	r->type = slice_of(p->type);
	r->kind = REPLY_PIECES;
	r->next = next_part;
	r->length = part_head(p, n).n;
	for (int i = 0; i < n; i++)
		r->length += part_head(p, i).n + span[i].length;
	web_when_done(x, parts_done, p);
	return 0;
}

bool
web_is_current(
    struct exchange *x, const struct http_validators *v, struct slice lines)
{
	switch (http_condition(&x->r->fields, web_reads(x), v)) {
	case HTTP_NOT_MODIFIED:
		web_begin(x, 304);
		x->reply.lines = lines;
		return true;
	case HTTP_PRECONDITION_FAILED:
		web_page(x, 412, "precondition failed");
		return true;
	case HTTP_GO_ON:
		break;
	}
	return false;
}

/* The reply that was made does not use the content's bytes. */
static int
without_body(struct exchange *x, const struct web_content *c)
{
	web_when_done(x, c->done, c->own);
	return 0;
}

int
web_content(struct exchange *x, const struct web_content *c)
{
	struct http_span span[HTTP_MAX_RANGES];
	struct slice range;
	int n;

	if (web_is_current(x, &c->validators, c->lines))
		return without_body(x, c);
	range = web_get(x, "Range");
	if (range.p == NULL || x->r->method != HTTP_GET || c->length == 0 ||
	    !http_if_range(&x->r->fields, &c->validators))
		return whole(x, c);
	n = http_ranges(range, c->length, span);
	if (n == HTTP_RANGE_WHOLE)
		return whole(x, c);
	if (n == 1)
		return one_part(x, c, span);
	if (n > 1)
		return many_parts(x, c, span, n);
	web_page(x, 416, "range not satisfiable");
	web_fieldf(x, "Content-Range", "bytes */%ju", (uintmax_t)c->length);
	return without_body(x, c);
}

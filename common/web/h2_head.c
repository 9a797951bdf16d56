/*
 * h2_head.c - a conversation in HTTP/2: the head of a reply, as fields.
 */
#include <string.h>

#include "bytes/num.h"
#include "web/h1.h"
#include "web/h2.h"

#define FIELDS_MAX 256 /* of a reply */

struct fields {
	size_t n;
	bool full;
	nghttp2_nv at[FIELDS_MAX];
};

static void
add(struct fields *f, struct slice name, struct slice value)
{
	if (f->n == FIELDS_MAX) {
		f->full = true;
		return;
	}
	/* Names go out in lower case: nghttp2 sees to that. */
	f->at[f->n++] = (nghttp2_nv){ .name = (uint8_t *)name.p,
		.namelen = name.n,
		.value = (uint8_t *)value.p,
		.valuelen = value.n };
}

/* What HTTP/2 has other means for, RFC 9113 8.2.2. */
static bool
is_of_connection(struct slice name)
{
	return slice_iis(name, "Connection") || slice_iis(name, "Upgrade") ||
	    slice_iis(name, "Keep-Alive") ||
	    slice_iis(name, "Transfer-Encoding");
}

static void
add_lines(struct fields *f, struct slice lines)
{
	while (lines.n > 0) {
		struct slice value = slice_cut(&lines, '\n');
		struct slice name = slice_cut(&value, ':');

		if (value.n > 0 && value.p[value.n - 1] == '\r')
			value.n--;
		if (name.n > 0 && value.p != NULL && !is_of_connection(name))
			add(f, name, slice_trim(value));
	}
}

static bool
has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

static void
make_head(struct fields *f, struct exchange *x, char digits[NUM_MAX_TEXT])
{
	static const struct slice status = SLICE(":status"),
				  server = SLICE("server"),
				  berth = SLICE("berth"),
				  type = SLICE("content-type"),
				  length = SLICE("content-length");
	static char code[4];
	const struct reply *r = &x->reply;

	f->n = 0;
	f->full = false;
	num_text((uint64_t)r->status, digits);
	memcpy(code, digits, 3);
	add(f, status, (struct slice){ code, 3 });
	add(f, server, berth);
	add_lines(f, web_date_line());
	add_lines(f, x->web->fields);
	add_lines(f, r->lines);
	add_lines(f, r->more);
	add_lines(f, buf_slice(&r->fields));
	if (r->type.n > 0)
		add(f, type, r->type);
	if (r->length != REPLY_OPEN_END && has_body(r->status))
		add(f, length,
		    (struct slice){ digits, num_text(r->length, digits) });
}

/* The one that was made last, and is submitted next. */
static struct fields made;
static char made_digits[NUM_MAX_TEXT];

bool
h2_head_make(struct h2_stream *s)
{
	struct exchange *x = &s->x;

	if (!x->reply.fields.failed)
		make_head(&made, x, made_digits);
	if (x->reply.fields.failed || made.full) {
		web_page(x, 500, "the fields of the reply are too large");
		make_head(&made, x, made_digits);
	}
	return x->r->method != HTTP_HEAD && has_body(x->reply.status) &&
	    x->reply.length > 0;
}

int
h2_head_submit(struct h2_stream *s, const nghttp2_data_provider *body)
{
	return nghttp2_submit_response(
	    s->t->session, s->id, made.at, made.n, body);
}

void
h2_reply_continue(struct h2_stream *s)
{
	static uint8_t name[] = ":status", code[] = "100";
	nghttp2_nv field = { .name = name,
		.namelen = sizeof(name) - 1,
		.value = code,
		.valuelen = sizeof(code) - 1 };

	nghttp2_submit_headers(
	    s->t->session, NGHTTP2_FLAG_NONE, s->id, NULL, &field, 1, NULL);
}

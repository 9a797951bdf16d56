/*
 * h2_request.c - a conversation in HTTP/2: from fields to a request.
 *
 * Fields are gathered as they are decoded, within the limits of a head in
 * HTTP/1.1, and when it is complete they become the same struct and are judged
 * by the same rules.  Names in lower case, the order and number of
 * pseudo-fields, and fields that would belong to a connection nghttp2 has seen
 * to.
 */
#include <string.h>

#include "grammar/http_fault.h"
#include "web/h2.h"

/* For the request line as a log shows it, beside what head holds anyway. */
#define LINE_MORE 16

void
h2_request_field(struct h2_stream *s, struct slice name, struct slice value)
{
	bool pseudo = name.n > 0 && name.p[0] == ':';

	s->decoded += name.n + value.n + 32; /* as RFC 9113 10.5.1 counts */
	if (s->decoded > HTTP_MAX_HEAD)
		s->fault = HTTP_LONG_HEAD;
	if (!pseudo && s->fields >= HTTP_MAX_FIELDS - 2)
		s->fault = HTTP_MANY_FIELDS;
	if (memchr(name.p, '\0', name.n) != NULL)
		s->fault = HTTP_BAD_NAME;
	else if (value.n > 0 && memchr(value.p, '\0', value.n) != NULL)
		s->fault = HTTP_BAD_VALUE;
	if (s->fault != 0)
		return;
	/* Crumbs may come apart, RFC 9113 8.2.3. */
	if (slice_is(name, "cookie")) {
		if (s->cookie.n > 0)
			buf_add(&s->cookie, "; ", 2);
		buf_adds(&s->cookie, value);
		return;
	}
	s->fields += !pseudo;
	buf_adds(&s->head, name);
	buf_addc(&s->head, '\0');
	buf_adds(&s->head, value);
	buf_addc(&s->head, '\0');
}

static struct slice
until_nul(struct slice *rest)
{
	return slice_cut(rest, '\0');
}

static void
add(struct http_fields *f, const char *name, struct slice value)
{
	f->at[f->n++] =
	    (struct http_field){ .name = slice_of(name), .value = value };
}

struct pseudo {
	struct slice method, path, scheme, authority;
};

static void
note_pseudo(struct pseudo *p, struct slice name, struct slice value)
{
	if (slice_is(name, ":method"))
		p->method = value;
	else if (slice_is(name, ":path"))
		p->path = value;
	else if (slice_is(name, ":scheme"))
		p->scheme = value;
	else if (slice_is(name, ":authority"))
		p->authority = value;
}

/*
 * Who is asked: the authority, or a Host that must not say otherwise (RFC 9113
 * 8.3.1).  The request then has one Host.
 */
static int
settle_host(struct http_fields *f, struct slice authority)
{
	struct slice host = http_get(f, "host");
	size_t kept = 0;

	if (authority.p == NULL)
		return 0;
	if (host.p != NULL && !slice_ieq(host, authority))
		return HTTP_BAD_HOST;
	if (http_count(f, "host") > 1)
		return HTTP_TWO_HOSTS;
	for (size_t i = 0; i < f->n; i++)
		if (!slice_iis(f->at[i].name, "host"))
			f->at[kept++] = f->at[i];
	f->n = kept;
	add(f, "host", authority);
	return 0;
}

/* The memory is there: nothing that points into head moves. */
static void
write_line(struct h2_stream *s)
{
	struct http_request *r = &s->request;
	size_t begin = s->head.n;

	buf_adds(&s->head, r->method_text);
	buf_addc(&s->head, ' ');
	buf_adds(&s->head, r->target);
	buf_addz(&s->head, " HTTP/2.0");
	r->line = (struct slice){ s->head.p + begin, s->head.n - begin };
}

static void
read_fields(struct h2_stream *s, struct pseudo *p)
{
	struct slice rest = buf_slice(&s->head);
	struct http_fields *f = &s->request.fields;

	while (rest.n > 0) {
		struct slice name = until_nul(&rest), value = until_nul(&rest);

		if (name.n > 0 && name.p[0] == ':')
			note_pseudo(p, name, value);
		else
			f->at[f->n++] = (struct http_field){ name, value };
	}
	if (s->cookie.n > 0)
		add(f, "cookie", buf_slice(&s->cookie));
}

void
h2_request_done(struct h2_stream *s)
{
	struct http_request *r = &s->request;
	struct pseudo p = { 0 };
	int fault;

	buf_room(&s->head, s->head.n + LINE_MORE);
	r->fields.n = 0;
	read_fields(s, &p);
	r->method_text = p.method;
	r->target = p.path.p != NULL ? p.path : p.authority; /* CONNECT */
	write_line(s);
	if (s->head.failed || s->cookie.failed)
		s->fault = HTTP_LONG_HEAD;
	fault = settle_host(&r->fields, p.authority);
	/* Also of what is refused something may be shown. */
	if (fault == 0)
		fault = http_request_judge(r);
	else
		r->fields.n = 0, http_request_judge(r);
	if (s->fault == 0)
		s->fault = fault;
	/* Its end is told by frames. */
	if (s->ended)
		r->body.kind = HTTP_BODY_NONE;
	else if (r->body.kind == HTTP_BODY_NONE)
		r->body.kind = HTTP_BODY_TO_END;
}

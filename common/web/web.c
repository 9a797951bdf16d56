/*
 * web.c - HTTP as a program sees it: looking at a request, making a reply.
 */
#include "web/web.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the request ---- */

bool
web_is(const struct exchange *x, const char *path)
{
	return slice_is(x->r->uri.path, path);
}

bool
web_under(const struct exchange *x, const char *prefix, struct slice *rest)
{
	if (!slice_starts(x->r->uri.path, prefix))
		return false;
	*rest = slice_from(x->r->uri.path, strlen(prefix));
	return true;
}

bool
web_reads(const struct exchange *x)
{
	return x->r->method == HTTP_GET || x->r->method == HTTP_HEAD;
}

ssize_t
web_query(const struct exchange *x, const char *name, char *to, size_t size)
{
	struct slice v;
	size_t n;

	if (!uri_query(x->r->uri.query, name, &v))
		return -1;
	if (v.n >= size)
		return -2;
	n = uri_decode(v, true, to);
	to[n] = '\0';
	return memchr(to, '\0', n) != NULL ? -2 : (ssize_t)n;
}

struct slice
web_get(const struct exchange *x, const char *name)
{
	return http_get(&x->r->fields, name);
}

void
web_is_from(struct exchange *x, struct slice user)
{
	x->user_n = user.n < sizeof(x->user) ? user.n : sizeof(x->user);
	if (x->user_n > 0)
		memcpy(x->user, user.p, x->user_n);
}

/* ---- the reply, in steps ---- */

int
web_begin(struct exchange *x, int status)
{
	reply_begin(&x->reply, status);
	return 0;
}

void
web_field(struct exchange *x, const char *name, struct slice value)
{
	struct buf *b = &x->reply.fields;

	buf_addz(b, name);
	buf_add(b, ": ", 2);
	buf_adds(b, value);
	buf_add(b, "\r\n", 2);
}

void
web_fieldz(struct exchange *x, const char *name, const char *value)
{
	web_field(x, name, slice_of(value));
}

void
web_fieldf(struct exchange *x, const char *name, const char *fmt, ...)
{
	struct buf *b = &x->reply.fields;
	va_list ap;

	buf_addz(b, name);
	buf_add(b, ": ", 2);
	va_start(ap, fmt);
	buf_addv(b, fmt, ap);
	va_end(ap);
	buf_add(b, "\r\n", 2);
}

void
web_when_done(struct exchange *x, void (*done)(void *own), void *own)
{
	x->reply.done = done;
	x->reply.own = own;
}

void
web_because(struct exchange *x, const char *why)
{
	char *own = strdup(why);

	x->why = own;
	if (own != NULL)
		web_when_done(x, free, own);
}

int
web_later(
    struct exchange *x, int fd, int64_t ms, int (*again)(struct exchange *))
{
	return web_later_for(x, 0, fd, ms, again);
}

int
web_later_for(struct exchange *x, unsigned what, int fd, int64_t ms,
    int (*again)(struct exchange *))
{
	x->again = again;
	x->wake_fd = fd;
	x->wake_ms = ms;
	x->wake_for = what;
	return WEB_LATER;
}

int
web_upgrade(struct exchange *x, const char *protocol,
    int (*talk)(struct conn *, void *own), void (*done)(void *own), void *own)
{
	if (x->r->minor == 0 || x->r->body.kind != HTTP_BODY_NONE) {
		done(own);
		return web_text(x, 400, "not a request that can be upgraded");
	}
	web_begin(x, 101);
	web_fieldz(x, "Connection", "Upgrade");
	web_fieldz(x, "Upgrade", protocol);
	web_when_done(x, done, own);
	x->talk = talk;
	return 0;
}

/* ---- the reply, in one call ---- */

static struct reply *
begin(struct exchange *x, int status, const char *type)
{
	web_begin(x, status);
	x->reply.type = slice_of(type);
	return &x->reply;
}

int
web_bytes(struct exchange *x, int status, const char *type, struct slice bytes)
{
	struct reply *r = begin(x, status, type);

	r->bytes = bytes;
	r->length = bytes.n;
	return 0;
}

int
web_made(struct exchange *x, int status, const char *type, struct buf *made)
{
	struct reply *r;

	if (made->failed) {
		buf_free(made);
		x->why = "out of memory";
		return web_bytes(x, 500, "text/plain; charset=utf-8",
		    (struct slice)SLICE("Out of memory.\n"));
	}
	r = begin(x, status, type);
	r->made = *made;
	r->bytes = buf_slice(&r->made);
	r->length = r->bytes.n;
	buf_init(made, made->max);
	return 0;
}

int
web_json(struct exchange *x, int status, struct buf *text)
{
	int result = web_made(x, status, "application/json", text);

	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	return result;
}

int
web_text(struct exchange *x, int status, const char *text)
{
	struct buf line;

	buf_init(&line, REPLY_FIELDS_MAX);
	buf_addf(&line, "%s\n", text);
	web_made(x, status, "text/plain; charset=utf-8", &line);
	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	if (status >= 400)
		x->why = text;
	return 0;
}

static void
close_file(void *own)
{
	close(*(const int *)own); /* the reply's */
}

int
web_file(struct exchange *x, int status, const char *type, int file,
    off_t offset, uint64_t n)
{
	struct reply *r = begin(x, status, type);

	r->kind = REPLY_FILE;
	r->file = file;
	r->offset = offset;
	r->length = n;
	web_when_done(x, close_file, &r->file);
	return 0;
}

int
web_pieces(struct exchange *x, int status, const char *type, uint64_t length,
    reply_next *next, void (*done)(void *own), void *own)
{
	struct reply *r = begin(x, status, type);

	r->kind = REPLY_PIECES;
	r->length = length;
	r->next = next;
	web_when_done(x, done, own);
	return 0;
}

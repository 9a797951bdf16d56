/*
 * httpd_live_start.h - a page that reloads itself, as its browser asks for it,
 * and the stream that it listens to.
 */
#ifndef HTTPD_LIVE_START_H
#define HTTPD_LIVE_START_H

#include <criterion/criterion.h>
#include <string.h>

#include "httpd_start.h"
#include "rig/http.h"
#include "rig/rig.h"

#define TAG "src=\"/.berth/live.js\" data-since=\""

/* Open the stream and hear its hello. */
static inline int
open_stream(const char *since)
{
	struct buf b, ask;
	int fd = rig_connect(address);

	buf_init(&ask, 512);
	buf_addf(&ask,
	    "GET /.berth/live?since=%s HTTP/1.1\r\nHost: localhost\r\n\r\n",
	    since);
	cr_assert(rig_send_bytes(fd, ask.p, ask.n));
	buf_init(&b, 8192);
	cr_assert(rig_read_through(fd, &b, "event: hello\ndata: "));
	cr_assert(rig_read_through(fd, &b, "\n\n\r\n"));
	return fd;
}

/* As a browser goes to a page. */
static inline bool
visit(const char *path, struct rig_reply *reply)
{
	struct buf ask;
	bool fine;

	buf_init(&ask, 512);
	buf_addf(&ask,
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n"
	    "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n\r\n",
	    path);
	fine = rig_ask(address, buf_str(&ask), reply);
	buf_free(&ask);
	return fine;
}

static inline const char *
value_of(struct slice body, const char *name)
{
	static struct buf value;
	const char *at = memmem(body.p, body.n, name, strlen(name));

	cr_assert_not_null(at, "%s is not in the page", name);
	buf_init(&value, 100);
	at += strlen(name);
	while (*at != '"')
		buf_addc(&value, *at++);
	return buf_str(&value);
}

/* On a machine that takes its time comments come, and one change, which is a
 * name and then bytes, may be told twice. */
static inline bool
is_passed_over(struct slice is, const char *wanted, const char *before)
{
	return slice_starts(is, ":") ||
	    (before != NULL && strcmp(before, wanted) != 0 &&
		slice_starts(is, before));
}

static inline void
expect_event(int fd, const char *event)
{
	static const char *before; /* the last that was expected */
	struct slice rest;
	struct buf b;

	buf_init(&b, 8192);
	do {
		buf_clear(&b);
		cr_assert(rig_read_through(fd, &b, "\n\n\r\n"));
		rest = buf_slice(&b);
		slice_cut(&rest, '\n'); /* the size of the chunk */
	} while (is_passed_over(rest, event, before));
	before = event;
	cr_expect(
	    slice_starts(rest, event), "%.*s, not %s", (int)b.n, b.p, event);
	buf_free(&b);
}

static inline void
expect_look(const char *since, const char *folder, const char *word)
{
	struct rig_reply reply;
	struct buf path;

	buf_init(&path, 512);
	buf_addf(&path, "/.berth/live?look=%s&folder=%s", since, folder);
	cr_assert(rig_get(address, buf_str(&path), &reply));
	cr_expect(slice_starts(reply.body, word), "%.*s, not %s",
	    (int)reply.body.n, reply.body.p, word);
	buf_free(&path);
}

#endif

/*
 * h2_start.h - a site, and a client of HTTP/2 connected to it.
 */
#ifndef H2_START_H
#define H2_START_H

#include "rig/h2.h"
#include "web_site.h"

static struct rig *r;

static inline struct rig_h2 *
dial(void)
{
	return rig_h2_open(rig_open(r, "http"));
}

/* A site with an echo, and a client. */
static inline struct rig_h2 *
begin(const char *option, const char *value)
{
	make_site();
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir, "--echo",
	    "/echo", option, option != NULL ? value : NULL));
	return dial();
}

#define AT_LOCALHOST ":scheme http\n:authority localhost\n"

static inline bool
body_is(struct rig_h2 *h, uint32_t id, const char *text)
{
	return slice_is(buf_slice(&rig_h2_of(h, id)->body), text);
}

static inline void
expect_body(struct rig_h2 *h, uint32_t id, int status, const char *text)
{
	cr_assert(rig_h2_until(h, id));
	cr_assert_eq(rig_h2_of(h, id)->status, status, "%u: %d", id,
	    rig_h2_of(h, id)->status);
	cr_assert(rig_h2_of(h, id)->ended);
	if (text != NULL)
		cr_assert(body_is(h, id, text), "%u: %.*s", id,
		    SLICE_FMT(buf_slice(&rig_h2_of(h, id)->body)));
}

static inline void
expect_pattern(struct rig_h2 *h, uint32_t id, size_t n)
{
	struct slice body;

	cr_assert(rig_h2_until(h, id));
	body = buf_slice(&rig_h2_of(h, id)->body);
	cr_assert_eq(body.n, n);
	for (size_t i = 0; i < n; i++)
		if (body.p[i] != rig_pattern(i))
			cr_assert_fail("%u: byte %zu is wrong", id, i);
}

/* The connection is ended with this error. */
static inline void
expect_goaway(struct rig_h2 *h, uint32_t error)
{
	cr_assert(rig_h2_until_end(h));
	cr_assert_geq(h->goaways, 1);
	cr_assert_eq(h->error, error, "error %u", h->error);
}

#endif

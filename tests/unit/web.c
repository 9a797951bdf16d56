/*
 * web.c - HTTP as a program sees it: how a conversation ends.
 */
#include "web_aside.h"

static bool
wants_body(const struct exchange *x)
{
	(void)x;
	return false;
}

static int
answer_large(struct exchange *x)
{
	web_text(x, 200, "never seen");
	for (int i = 0; i < 1000; i++)
		web_fieldf(x, "X-Large", "%0100d", i);
	return 0;
}

static int
answer(struct exchange *x)
{
	return web_is(x, "/large") ? answer_large(x) : web_page(x, 404, NULL);
}

TestSuite(web, .init = no_log);

/* A program that says too much has its connection ended, with a 500. */
Test(web, fields_without_end)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply *r = ask(fd, "GET /large", "");

	cr_expect_eq(r->status, 500);
	cr_expect(rig_expect_end(fd));
	pthread_join(thread, NULL);
	close(fd);
}

/* How a client behaved is told to the master. */
Test(web, conduct)
{
	static const struct {
		const char *bytes;
		int conduct;
	} rows[] = {
		{ "", CONDUCT_FINE },
		{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n", CONDUCT_FINE },
		{ "GET / HTTP/1.1\r\n\r\n", CONDUCT_RUDE },
		{ "POST / HTTP/1.1\r\nHost: a\r\n"
		  "Transfer-Encoding: chunked\r\n\r\nx",
		    CONDUCT_RUDE },
		{ "GET / HT", CONDUCT_GONE },
		{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx",
		    CONDUCT_GONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int ends[2];

		rig_pair(ends);
		cr_assert(rig_send(ends[0], rows[i].bytes));
		rig_half_close(ends[0]);
		cr_expect_eq(serve(ends[1]), rows[i].conduct, "row %zu", i);
		close(ends[0]);
	}
}

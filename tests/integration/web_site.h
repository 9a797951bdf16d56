/*
 * web_site.h - a site for tests of the whole: twenty small files, each with
 * its own number, and a large one.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include <criterion/criterion.h>
#include <stdio.h>

#include "rig/rig.h"

#define LARGE     (6 * 1024 * 1024)
#define AT_ONCE   rig_slower_ms(5000) /* on a loaded machine; the grace is 30 s */
#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

static char *dir;

static inline void
make_site(void)
{
	char name[32], text[32];

	dir = (char *)rig_place();
	rig_file_pattern(dir, "large", LARGE);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "f%d.txt", i);
		snprintf(text, sizeof(text), "this is %d", i);
		rig_file(dir, name, text);
	}
	rig_pause_ms(40); /* a file has its lasting ETag after 20 ms */
}

static inline struct rig *
site(const char *option, const char *value)
{
	make_site();
	return rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir, option,
	    option != NULL ? value : NULL));
}

static inline void
expect_text(int fd, int i)
{
	struct rig_reply reply;
	char text[32];

	snprintf(text, sizeof(text), "this is %d", i);
	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, 200);
	cr_assert(slice_is(reply.body, text));
	rig_reply_free(&reply);
}

static inline void
ask_text(int fd, int i)
{
	char request[96];

	snprintf(request, sizeof(request),
	    "GET /f%d.txt HTTP/1.1\r\nHost: localhost\r\n\r\n", i);
	cr_assert(rig_send(fd, request));
}

static inline void
expect_large(int fd)
{
	struct rig_reply reply;

	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, 200);
	cr_assert_eq(reply.body.n, LARGE);
	for (size_t i = 0; i < LARGE; i++)
		if (reply.body.p[i] != rig_pattern(i))
			cr_assert_fail("byte %zu is wrong", i);
	rig_reply_free(&reply);
}

#endif

/*
 * httpd_live_stream.c - pages that reload themselves (--live): the streams
 * that they hold.
 */
#include <signal.h>
#include <unistd.h>

#include "httpd_live_start.h"

Test(httpd_live_stream, what_a_client_says_meanwhile_waits)
{
	struct rig_reply reply;
	int fd;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", rig_place()));
	fd = open_stream("");
	cr_assert(
	    rig_send(fd, "GET /another HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	cr_expect(rig_expect_silence(fd, 100));
	rig_half_close(fd);
	cr_expect(rig_expect(fd, "0\r\n\r\n"));
	cr_assert(rig_reply(fd, &reply, false));
	cr_expect_eq(reply.status, 404);
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_expect(rig_hear(r, "\"GET /.berth/live?since= HTTP/1.1\" 200 "));
	cr_expect(rig_hear(r, "/another"));
	cr_expect_eq(rig_stop(r), 0);
}

Test(httpd_live_stream, a_drain_ends_the_stream)
{
	int fd;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", rig_place()));
	fd = open_stream("");
	rig_signal(r, SIGTERM);
	cr_expect(rig_expect(fd, "0\r\n\r\n"));
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_expect_eq(rig_wait(r), 0);
}

/* More pages than a user has inotify instances (128, unless root said else). */
#define PAGES 140

static void
expect_all(int *fds, const char *event)
{
	for (int i = 0; i < PAGES; i++)
		if (fds[i] >= 0)
			expect_event(fds[i], event);
}

Test(httpd_live_stream, one_watch_serves_many_pages)
{
	const char *dir = rig_place();
	int fds[PAGES];

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	for (int i = 0; i < PAGES; i++)
		fds[i] = open_stream("");
	rig_file(dir, "a.css", "x");
	expect_all(fds, "event: style\n");
	/* Whoever watched goes, and another takes over. */
	for (int i = 0; i < PAGES - 2; i++) {
		close(fds[i]);
		fds[i] = -1;
		if (i % 40 != 0)
			continue;
		rig_file(dir, "a.html", "x");
		expect_all(fds, "event: page\n");
	}
	for (int i = PAGES - 2; i < PAGES; i++)
		close(fds[i]);
	cr_expect_eq(rig_stop(r), 0);
}

/*
 * httpd_live_stream.c - pages that reload themselves (--live): the streams
 * that they hold.
 */
#include <signal.h>
#include <unistd.h>

#include "bytes/num.h"
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

/*
 * A page that loads anew lets its stream go while the next file of a build is
 * being written.  What its process had heard and kept for the others, to tell
 * it with what follows, was lost with it.
 */
Test(httpd_live_stream, whoever_watches_takes_no_news_along)
{
	const char *dir = rig_place();
	int watches, other;

	rig_file(dir, "a.html", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	watches = open_stream("");
	for (int i = 0; i < 24; i++) {
		other = open_stream("");
		if (i % 2 == 0)
			rig_file(dir, "a.html", "x");
		else
			cr_assert_eq(unlink(rig_in(dir, "a.html")), 0);
		rig_pause_ms(5 * (i % 6)); /* before, while, after it hears */
		close(watches);
		expect_event(other, "event: page\n");
		watches = other;
	}
	close(watches);
	cr_expect_eq(rig_stop(r), 0);
}

/* The time that an event of the stream tells. */
static int64_t
event_time(int fd, const char *event)
{
	uint64_t ms = 0;
	struct buf b;
	const char *at;

	buf_init(&b, 8192);
	cr_assert(rig_read_through(fd, &b, event));
	buf_clear(&b);
	cr_assert(rig_read_through(fd, &b, "\n\n"));
	at = buf_str(&b);
	cr_assert_eq(num_within((struct slice){ at, strcspn(at, "\n") }, 1,
			 INT64_MAX, &ms),
	    NUM_OK);
	buf_free(&b);
	return (int64_t)ms;
}

static int
ask_stream(void)
{
	int fd = rig_connect(address);

	cr_assert(rig_send(
	    fd, "GET /.berth/live?since= HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	return fd;
}

/*
 * A file is written the moment that the page begins to hear: in the same tick
 * of the clock.  What a page is told of no later time than it knows already, it
 * does not heed, and so it stayed as it was.
 */
Test(httpd_live_stream, what_changes_in_the_tick_of_the_hello_is_news)
{
	const char *dir = rig_place();

	rig_file(dir, "a.html", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	for (int i = 0; i < 20; i++) {
		int fd = ask_stream();
		int64_t known = event_time(fd, "event: hello\ndata: "), told;

		rig_file(dir, "a.html", "x");
		told = event_time(fd, "event: page\ndata: ");
		cr_expect_gt(told, known);
		close(fd);
	}
	cr_expect_eq(rig_stop(r), 0);
}

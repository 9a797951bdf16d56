/*
 * proxy_faults.c - --proxy: an upstream that is not there, or not well, and
 * what a client hears of it.
 */
#include <signal.h>
#include <sys/socket.h>

#include "proxy_start.h"

/* Ask, and expect a line of text with this in it. */
static void
fails(int status, const char *words)
{
	struct rig_reply r;

	cr_assert(rig_ask(address, GET_API, &r));
	cr_expect_eq(r.status, status, "%d: %s", r.status, words);
	cr_expect(has(r.body, words), "%.*s", SLICE_FMT(r.body));
	cr_expect(slice_is(rig_header(&r, "Cache-Control"), "no-store"));
	cr_expect(has(rig_header(&r, "Content-Type"), "text/plain"));
	rig_reply_free(&r);
}

Test(proxy_faults, nobody_listens)
{
	char words[64];
	unsigned port = closed_port();
	struct rig_reply r;

	proxy_start(port);
	snprintf(words, sizeof(words), "nothing listens on localhost:%u", port);
	fails(502, words);
	fails(502, "start what serves /api there");
	/* A person gets a page. */
	cr_assert(rig_ask(address,
	    HEAD_OF("GET /api/x", "Accept: text/html,*/*;q=0.8\r\n"), &r));
	cr_expect_eq(r.status, 502);
	cr_expect(has(r.body, words));
	cr_expect(has(r.body, "<title>502 Bad Gateway</title>"));
	cr_expect(rig_hear(server, words));
	cr_assert(rig_get(address, "/page", &r));
	cr_expect_eq(r.status, 200);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_faults, no_such_host)
{
	struct rig_reply r;
	struct rig *s = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--proxy", "/api=http://no-such-host.invalid", rig_place()));

	address = rig_address(s, "http");
	cr_assert(rig_ask(address, GET_API, &r));
	/* Where no name server answers it is another word. */
	cr_expect(r.status == 502 || r.status == 504, "%d", r.status);
	cr_expect(
	    has(r.body, "no-such-host.invalid"), "%.*s", SLICE_FMT(r.body));
	cr_assert_eq(rig_stop(s), 0);
}

Test(proxy_faults, answers_that_are_none)
{
	static const struct {
		const char *answer, *words;
	} rows[] = {
		{ "", "closed the connection without an answer" },
		{ "HTTP/1.1 200 OK\r\nX: 1\r\n",
		    "closed the connection without an answer" },
		{ "SSH-2.0-x\r\n", "does not speak HTTP/1.1" },
		{ "HTTP/2.0 200 OK\r\n\r\n", "does not speak HTTP/1.1" },
		{ "HTTP/1.1 2000 OK\r\n\r\n", "does not speak HTTP/1.1" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
		    "does not speak HTTP/1.1" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
		  "Content-Length: 2\r\n\r\n",
		    "does not speak HTTP/1.1" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
		    "does not speak HTTP/1.1" },
		{ "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
		    "does not speak HTTP/1.1" },
		{ "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
		  "Upgrade: websocket\r\n\r\n",
		    "101, which it was not asked for" },
	};
	const char *answers[sizeof(rows) / sizeof(rows[0]) + 1] = { NULL };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		answers[i] = rows[i].answer;
	scripted(answers);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fails(502, rows[i].words);
	cr_assert_eq(rig_stop(server), 0);
}

static void
play_interims(int fd, void *with)
{
	static const char interim[] = "HTTP/1.1 102 Processing\r\n\r\n";
	struct buf head;

	(void)with;
	buf_init(&head, RIG_BUF_MAX);
	rig_read_through(fd, &head, "\r\n\r\n");
	while (rig_try(fd, interim, sizeof(interim) - 1))
		;
	buf_free(&head);
}

static void
play_long_head(int fd, void *with)
{
	static const char line[] = "X-More: 1234567890123456789012345678\r\n";
	struct buf head;

	(void)with;
	buf_init(&head, RIG_BUF_MAX);
	rig_read_through(fd, &head, "\r\n\r\n");
	rig_try(fd, "HTTP/1.1 200 OK\r\n", 17);
	while (rig_try(fd, line, sizeof(line) - 1))
		;
	buf_free(&head);
}

Test(proxy_faults, answers_without_end)
{
	proxy_start(rig_stand_in(play_interims, NULL));
	fails(502, "without end");
	cr_assert_eq(rig_stop(server), 0);
	proxy_start(rig_stand_in(play_long_head, NULL));
	fails(502, "does not speak HTTP/1.1");
	cr_assert_eq(rig_stop(server), 0);
}

/* Hears, and then says nothing; or a part, and nothing more. */
static void
play_silence(int fd, void *with)
{
	char waste[4096];

	if (with != NULL)
		rig_try(fd, with, strlen(with));
	while (recv(fd, waste, sizeof(waste), 0) > 0)
		;
}

Test(proxy_faults, an_upstream_that_falls_silent_is_given_up)
{
	static char part[] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart";
	int fd;

	proxy_start_with(
	    rig_stand_in(play_silence, NULL), RIG("--proxy-timeout", "1"));
	fails(504, "has not answered within 1 s");
	cr_assert_eq(rig_stop(server), 0);
	proxy_start_with(
	    rig_stand_in(play_silence, part), RIG("--proxy-timeout", "1"));
	fd = rig_open(server, "http");
	cr_assert(rig_send(fd, GET_API));
	{
		struct buf all;

		buf_init(&all, RIG_BUF_MAX);
		cr_expect(rig_read_all(fd, &all));
		cr_expect(has(buf_slice(&all), "\r\n\r\npart"));
		buf_free(&all);
	}
	cr_expect(rig_hear(server, "fell silent"));
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_faults, an_answer_that_breaks_off_is_never_taken_for_whole)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"4\r\npart\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"9\r\npart",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"4\r\npart\r\n0\r\nX: 1\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"4\r\npart\r\nzz\r\n",
		NULL,
	};

	scripted(answers);
	for (size_t i = 0; answers[i] != NULL; i++) {
		int fd = rig_open(server, "http");
		struct buf all;

		buf_init(&all, RIG_BUF_MAX);
		cr_assert(rig_send(fd, GET_API));
		cr_expect(rig_read_all(fd, &all), "%zu", i);
		/* Of the last one not even the head need be sent. */
		cr_expect(i == 4 || has(buf_slice(&all), "part"), "%zu", i);
		/* No last chunk, and no length that is kept. */
		cr_expect(!has(buf_slice(&all), "\r\n0\r\n"), "%zu: %.*s", i,
		    SLICE_FMT(buf_slice(&all)));
		buf_free(&all);
		close(fd);
	}
	cr_expect(rig_hear(server, "broke off"));
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_faults, circles_end)
{
	proxy_start(closed_port());
	{
		struct rig_reply r;

		cr_assert(rig_ask(address,
		    HEAD_OF("GET /api",
			"Via: 1.1 berth, 1.1 berth, 1.1 berth, "
			"1.1 berth, 1.1 berth\r\n"),
		    &r));
		cr_expect_eq(r.status, 508);
		cr_expect(has(r.body, "a circle"));
	}
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_faults, an_upload_that_is_refused_early_hears_why)
{
	static const char answer[] = "HTTP/1.1 413 Too Large\r\n"
				     "Content-Length: 3\r\n\r\nno\n";
	struct rig_reply r;
	int fd;

	scripted((const char *const[]){ answer, NULL });
	fd = rig_open(server, "http");
	cr_assert(rig_send(
	    fd, HEAD_OF("POST /api", "Transfer-Encoding: chunked\r\n")));
	/* The stand-in answers as soon as it has a head. */
	cr_assert(rig_send(fd, "100000\r\n"));
	cr_assert(rig_reply(fd, &r, false));
	cr_expect_eq(r.status, 413);
	cr_expect(slice_is(rig_header(&r, "Connection"), "close"));
	cr_expect(slice_is(r.body, "no\n"));
	close(fd);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_faults, a_dialler_that_was_killed_is_started_again)
{
	struct rig_reply r;
	pid_t pid = 0;

	scripted((const char *const[]){
	    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", NULL });
	cr_assert(rig_ask(address, GET_API, &r));
	cr_assert_eq(r.status, 200);
	pid = rig_child_called(rig_pid(server), "berth-dialler");
	cr_assert_gt(pid, 0);
	cr_assert_eq(kill(pid, SIGKILL), 0);
	cr_assert(rig_hear(server, "dialler ended (signal 9)"));
	/* Asked before the next one is there, and answered by it. */
	cr_assert(rig_ask(address, GET_API, &r));
	cr_expect_eq(r.status, 200);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_faults, without_a_master_nobody_connects)
{
	struct buf all;
	struct rig *s;
	int ends[2];

	rig_pair(ends);
	s = rig_serve(RIG("berth-httpd", "--proxy", "/api=http://localhost:1",
			  rig_place()),
	    ends[1]);
	cr_assert(rig_send(ends[0], GET_API));
	buf_init(&all, RIG_BUF_MAX);
	rig_half_close(ends[0]);
	cr_expect(rig_read_all(ends[0], &all));
	cr_expect(has(buf_slice(&all), " 502 "));
	cr_expect(has(buf_slice(&all), "berth-dialler does not run here"));
	rig_wait(s);
}

Test(proxy_faults, options_that_are_wrong_say_so)
{
	static const struct {
		const char *option, *value, *words;
	} rows[] = {
		{ "--proxy", "/api", "--proxy /api: not PREFIX=http://" },
		{ "--proxy", "/api=https://x", "https:// is not spoken" },
		{ "--proxy", "api=http://x", "a prefix is a path" },
		{ "--proxy-host", "other", "--proxy-host" },
		{ "--proxy-timeout", "0", "--proxy-timeout" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *s = rig_run(
		    RIG("berth-httpd", rows[i].option, rows[i].value, "."));

		cr_expect_eq(rig_wait(s), 64, "%s", rows[i].value);
		cr_expect(strstr(rig_err(s), rows[i].words), "%s", rig_err(s));
	}
	cr_expect_eq(rig_wait(rig_run(RIG("berth-httpd", "--proxy",
			 "/a=http://x", "--proxy", "/a/=http://y", "."))),
	    64);
}

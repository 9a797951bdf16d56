/*
 * site_talk.c - berth-httpd as a partner in conversation: pipelines, slow and
 * vanishing clients, bodies, logs, a connection inherited from inetd.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

#define H   " HTTP/1.1\r\nHost: localhost\r\n"
#define GET "GET /ok.txt" H

static const char *dir;

static struct rig *
start(const char *option, const char *value)
{
	dir = rig_place();
	rig_file(dir, "ok.txt", "ok\n");
	rig_file_pattern(dir, "big.bin", 5000000);
	return rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", option, value, dir));
}

static bool
is_ok(int fd)
{
	struct rig_reply r;

	return rig_reply(fd, &r, false) && r.status == 200 &&
	    slice_is(r.body, "ok\n");
}

Test(site_talk, pipeline_and_garbage)
{
	struct rig *s = start("--log-format", "common");
	int fd = rig_open(s, "http");
	struct rig_reply r;

	/* Rule 48: what is complete is answered, what follows is refused. */
	cr_assert(
	    rig_send(fd, GET "\r\n" GET "\r\n\r\n" GET "\r\n\x01garbage"));
	cr_expect(is_ok(fd));
	cr_expect(is_ok(fd));
	cr_expect(is_ok(fd));
	cr_expect(rig_reply(fd, &r, false) && r.status == 400);
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_expect(rig_hear(s, "\" 400 "));
	cr_expect(rig_hear(s, "400: method is no token"));
	cr_assert_eq(rig_stop(s), 0);
}

Test(site_talk, byte_by_byte)
{
	struct rig *s = start("--log-format", "common");
	int fd = rig_open(s, "http");

	cr_assert(rig_send_slowly(fd,
	    "POST /ok.txt" H "Transfer-Encoding: chunked\r\n\r\n"
	    "2\r\nhi\r\n0\r\n\r\n",
	    1));
	cr_assert(rig_expect(fd, "HTTP/1.1 405 "));
	rig_half_close(fd);
	close(fd);
	fd = rig_open(s, "http");
	cr_assert(rig_send_slowly(fd, GET "\r\n", 1));
	cr_expect(is_ok(fd));
	close(fd);
	cr_assert_eq(rig_stop(s), 0);
}

/*
 * Rules 12, 25 and 77: each limit has its status, and the reply arrives though
 * the rest of the request was never read.
 */
Test(site_talk, limits)
{
	static const struct {
		const char *begin, *piece;
		size_t times;
		const char *end;
		int status;
	} rows[] = {
		{ "GET /", "a", 7999, H "\r\n", 404 },
		{ "GET /", "a", 8000, H "\r\n", 414 },
		{ "GET /", "a", 100000, H "\r\n", 414 },
		{ GET, "A: b\r\n", 99, "\r\n", 200 },
		{ GET, "A: b\r\n", 100, "\r\n", 431 },
		{ GET "A: ", "b", 60000, "\r\n\r\n", 200 },
		{ GET "A: ", "b", 70000, "\r\n\r\n", 431 },
	};
	struct rig *s = start("--log-format", "common");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = rig_open(s, "http");
		struct rig_reply r;
		struct buf b;

		buf_init(&b, 1 << 20);
		buf_addz(&b, rows[i].begin);
		for (size_t n = 0; n < rows[i].times; n++)
			buf_addz(&b, rows[i].piece);
		buf_addz(&b, rows[i].end);
		cr_assert(rig_send_bytes(fd, b.p, b.n));
		cr_expect(
		    rig_reply(fd, &r, false) && r.status == rows[i].status,
		    "row %zu: %d", i, r.status);
		if (rows[i].status > 404)
			cr_expect(rig_expect_end(fd), "row %zu", i);
		close(fd);
		buf_free(&b);
	}
	cr_assert_eq(rig_stop(s), 0);
}

/* The client sends no more, but wants the whole reply. */
Test(site_talk, half_close)
{
	struct rig *s = start("--log-format", "common");
	int fd = rig_open(s, "http");
	struct rig_reply r;

	cr_assert(rig_send(fd, "GET /big.bin" H "\r\n"));
	rig_half_close(fd);
	cr_expect(rig_reply(fd, &r, false) && r.body.n == 5000000);
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_assert_eq(rig_stop(s), 0);
}

/* Rule 74: 408 once something came, silence before. */
Test(site_talk, idle_clients)
{
	struct rig *s = start("--timeout", "2");
	int quiet = rig_open(s, "http"), kept = rig_open(s, "http");
	int slow = rig_open(s, "http");
	struct rig_reply r;

	cr_assert(rig_send(slow, "GET /ok.txt HT"));
	cr_assert(rig_send(kept, GET "\r\n"));
	cr_expect(is_ok(kept));
	cr_expect(rig_expect_end(quiet));
	cr_expect(rig_expect_end(kept));
	cr_expect(rig_reply(slow, &r, false) && r.status == 408);
	cr_expect(rig_expect_end(slow));
	close(quiet);
	close(kept);
	close(slow);
	cr_expect(rig_hear(s, "408: request not complete in time"));
	cr_assert_eq(rig_stop(s), 0);
	cr_expect(rig_count(s, "\" 408 ") == 1);
}

/* Rule 44: what never became a request is not logged as one. */
Test(site_talk, vanishing_clients)
{
	static const char *const parts[] = { "GET /ok", GET,
		"POST /ok.txt" H "Content-Length: 10\r\n\r\nhi",
		"POST /ok.txt" H "Transfer-Encoding: chunked\r\n\r\n5\r\nhe" };
	struct rig *s = start("--log-format", "common");

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int fd = rig_open(s, "http");

		cr_assert(rig_send(fd, parts[i]));
		rig_half_close(fd);
		cr_expect(rig_expect_end(fd), "part %zu", i);
		close(fd);
	}
	cr_assert_eq(rig_stop(s), 0);
	cr_expect(rig_count(s, "HTTP/1.1\"") == 0);
}

/* One line for each request, also for one whose reply nobody took. */
Test(site_talk, cut_replies_are_logged)
{
	struct rig *s = start("--log-format", "common");
	int fd = rig_connect_narrow(rig_address(s, "http"));

	cr_assert(rig_send(fd, "GET /big.bin" H "\r\n"));
	cr_assert(rig_expect(fd, "HTTP/1.1 200 OK\r\n"));
	rig_reset(fd);
	cr_expect(rig_hear(s, "\"GET /big.bin HTTP/1.1\" 200 "));
	cr_expect(rig_count(s, "\" 200 5000000\n") == 0, "not all of it");
	cr_assert_eq(rig_stop(s), 0);
}

Test(site_talk, drained_bodies)
{
	struct rig *s = start("--log-format", "common");
	int fd = rig_open(s, "http");
	char *body = malloc(65536);
	struct rig_reply r;

	memset(body, 'x', 65536);
	cr_assert(
	    rig_send(fd, "POST /ok.txt" H "Content-Length: 65536\r\n\r\n"));
	cr_assert(rig_send_bytes(fd, body, 65536));
	cr_expect(rig_reply(fd, &r, false) && r.status == 405);
	cr_assert(rig_send(fd, GET "\r\n"));
	cr_expect(is_ok(fd), "rule 43");
	close(fd);
	/* A client that waits for 100 and does not get it: rule 45. */
	fd = rig_open(s, "http");
	cr_assert(rig_send(fd,
	    "POST /ok.txt" H "Expect: 100-continue\r\n"
	    "Content-Length: 5\r\n\r\n"));
	cr_expect(rig_reply(fd, &r, false) && r.status == 405);
	cr_expect(rig_expect_end(fd));
	close(fd);
	free(body);
	cr_assert_eq(rig_stop(s), 0);
}

/* Rule 72 */
Test(site_talk, log_is_escaped)
{
	struct rig *s = start("--log-format", "combined");
	int fd = rig_open(s, "http");

	cr_assert(rig_send(fd,
	    "GET /ok.txt?a'b HTTP/1.1\r\nHost: localhost\r\n"
	    "User-Agent: x\"y\\z\t\xff\r\n"
	    "Referer: http://r/\r\n\r\n"));
	cr_expect(is_ok(fd));
	close(fd);
	cr_expect(rig_hear(s, "127.0.0.1 - - ["));
	cr_expect(rig_hear(s,
	    "\"GET /ok.txt?a'b HTTP/1.1\" 200 3 "
	    "\"http://r/\" \"x\\\"y\\\\z\\x09\\xFF\"\n"));
	cr_assert_eq(rig_stop(s), 0);
}

Test(site_talk, log_in_json)
{
	struct rig *s = start("--log-format", "json");
	int fd = rig_open(s, "http");

	cr_assert(rig_send(
	    fd, "HEAD /ok.txt" H "User-Agent: x\"\r\n\r\n\x1b[31m\r\n"));
	cr_expect(rig_hear(s,
	    "\"method\":\"HEAD\",\"target\":\"/ok.txt\",\"host\":\"localhost\","
	    "\"http\":\"1.1\",\"status\":200,\"bytes\":0,\"us\":"));
	cr_expect(rig_hear(s, "\"agent\":\"x\\\"\"}\n"));
	cr_expect(rig_hear(s, "\"line\":\"\\u001b[31m\""));
	cr_expect(rig_hear(s, "\"reason\":\"method is no token\"}\n"));
	close(fd);
	cr_assert_eq(rig_stop(s), 0);
}

Test(site_talk, lenient_lf)
{
	struct rig_reply r;
	struct rig *s;

	dir = rig_place();
	rig_file(dir, "ok.txt", "ok\n");
	s = rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--lenient-lf", dir));
	cr_expect(rig_ask(rig_address(s, "http"),
	    "GET /ok.txt HTTP/1.1\nHost: localhost\n\n", &r));
	cr_expect(r.status == 200);
	cr_assert_eq(rig_stop(s), 0);
}

/* The same conversation without a master: inetd's contract. */
Test(site_talk, inherited_connection)
{
	int ends[2];
	struct rig *s;

	dir = rig_place();
	rig_file(dir, "ok.txt", "ok\n");
	rig_pair(ends);
	s = rig_serve(RIG("berth-httpd", dir), ends[1]);
	cr_assert(
	    rig_send(ends[0], GET "\r\n" GET "Connection: close\r\n\r\n"));
	cr_expect(is_ok(ends[0]));
	cr_expect(is_ok(ends[0]));
	cr_expect(rig_expect_end(ends[0]));
	close(ends[0]);
	cr_expect_eq(rig_wait(s), 0);
}

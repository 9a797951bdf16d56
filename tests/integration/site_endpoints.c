/*
 * site_endpoints.c - what addresses of the server's own take, and what is said
 * to who sends too much, or speaks TLS.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "httpd_start.h"

static void
start_all(void)
{
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--echo", "/echo",
	    "--status", "/status", "--live", rig_place()));
}

Test(site_endpoints, options_and_405_say_what_an_address_takes)
{
	static const char echo[] =
	    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
	static const char read[] = "GET, HEAD, OPTIONS";
	static const struct {
		const char *method, *path;
		int status;
		const char *allow;
	} rows[] = {
		{ "OPTIONS", "/echo", 200, echo },
		{ "OPTIONS", "/echo/headers", 200, echo },
		{ "OPTIONS", "/echo/status/405", 405, echo },
		{ "POST", "/echo/status/405", 405, echo },
		{ "TRACE", "/echo", 405, echo },
		{ "TRACE", "/echo/status/405", 405, echo },
		{ "CONNECT", "/echo", 501, "" },
		{ "OPTIONS", "/status", 200, read },
		{ "POST", "/status", 405, read },
		{ "OPTIONS", "/.berth/live", 200, read },
		{ "HEAD", "/.berth/live", 200, "" },
		{ "PUT", "/.berth/live.js", 405, read },
		{ "OPTIONS", "/", 200, read },
		{ "OPTIONS", "/echoes", 200, read },
		{ "TRACE", "/", 405, read },
	};

	start_all();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig_reply reply;
		char text[200];
		int fd = rig_connect(address);

		snprintf(text, sizeof(text),
		    "%s %s HTTP/1.1\r\nHost: localhost\r\n\r\n", rows[i].method,
		    rows[i].path);
		cr_assert(rig_send(fd, text));
		cr_assert(
		    rig_reply(fd, &reply, strcmp(rows[i].method, "HEAD") == 0));
		cr_expect_eq(reply.status, rows[i].status, "%s %s: %d",
		    rows[i].method, rows[i].path, reply.status);
		cr_expect(slice_is(rig_header(&reply, "Allow"), rows[i].allow),
		    "%s %s: %.*s", rows[i].method, rows[i].path,
		    SLICE_FMT(rig_header(&reply, "Allow")));
		rig_reply_free(&reply);
		close(fd);
	}
}

/* Nobody is asked to go on with what will not be taken. */
Test(site_endpoints, too_much_is_413_before_it_is_sent)
{
	static const char *const asks[] = { "Expect: 100-continue\r\n", "" };

	start_all();
	for (size_t i = 0; i < 2; i++) {
		struct rig_reply reply;
		char text[200];
		int fd = rig_connect(address);

		snprintf(text, sizeof(text),
		    "POST /echo HTTP/1.1\r\nHost: localhost\r\n%s"
		    "Content-Length: 16777217\r\n\r\n",
		    asks[i]);
		cr_assert(rig_send(fd, text));
		cr_assert(rig_reply(fd, &reply, false));
		cr_expect_eq(reply.status, 413, "%d", reply.status);
		cr_expect(slice_is(rig_header(&reply, "Connection"), "close"));
		rig_reply_free(&reply);
		close(fd);
	}
}

/* The first bytes of a ClientHello, as curl https://localhost:8080 sends it. */
static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
			    "\x8a\xf1\x0d\x0a\x0d\x0a\xff\x00ran";

static void
say_hello(size_t at_once)
{
	struct rig_reply reply;
	int fd = rig_connect(address);
	const size_t n = sizeof(hello) - 1;

	for (size_t i = 0; i < n; i += at_once)
		cr_assert(rig_send_bytes(fd, hello + i,
			      n - i < at_once ? n - i : at_once) ||
		    i > 1);
	cr_assert(rig_reply(fd, &reply, false));
	cr_expect_eq(reply.status, 400);
	rig_reply_free(&reply);
	close(fd);
}

Test(site_endpoints, tls_on_a_plain_port_is_one_readable_line)
{
	static const char why[] = ": 400: TLS on a port for plain HTTP: the "
				  "address is http://, not https://";

	start_all();
	say_hello(sizeof(hello));
	cr_assert(rig_hear_times(r, why, 1));
	say_hello(1);
	cr_assert(rig_hear_times(r, why, 2));
	cr_expect_eq(rig_count(r, "\\x16"), 0);
	cr_expect_eq(rig_count(r, "\" 400 "), 0);
	cr_assert_eq(rig_stop(r), 0);
}

Test(site_endpoints, tls_on_a_plain_port_is_one_object_in_json)
{
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--log-format", "json",
	    rig_place()));
	say_hello(sizeof(hello));
	cr_assert(rig_hear(r, "\"status\":400"));
	cr_expect_eq(rig_count(r, "\"reason\":\"TLS on a port"), 1);
	cr_expect_eq(rig_count(r, "x16"), 0);
	cr_expect_eq(rig_count(r, "u0016"), 0);
}

/* Under --timeout 1 a body has two seconds, and more for what came. */
Test(site_endpoints, who_makes_progress_lives_and_who_stands_still_does_not)
{
	static char block[16384];
	struct rig_reply reply;
	int lives, stands;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--echo", "/echo",
	    "--timeout", "1", rig_place()));
	lives = rig_connect(address);
	stands = rig_connect(address);
	cr_assert(rig_send(lives,
	    "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Length: 65536\r\n\r\n"));
	cr_assert(rig_send(stands,
	    "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Length: 65536\r\n\r\nx"));
	/* Four pauses, longer in all than the two seconds. */
	for (int i = 0; i < 4; i++) {
		cr_assert(rig_send_bytes(lives, block, sizeof(block)));
		if (i < 3)
			rig_pause_ms(1000);
	}
	cr_assert(rig_reply(lives, &reply, false));
	cr_expect_eq(reply.status, 200, "%d", reply.status);
	cr_expect_eq(reply.body.n, 65536);
	rig_reply_free(&reply);
	cr_assert(rig_reply(stands, &reply, false));
	cr_expect_eq(reply.status, 408, "%d", reply.status);
	rig_reply_free(&reply);
}

/*
 * httpd_echo.c - the endpoint of --echo, for people who write clients.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "httpd_start.h"
#include "rig/http.h"
#include "rig/rig.h"
#include "system/clock.h"

static void
start_echo(void)
{
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--echo", "/echo",
	    rig_place()));
}

Test(httpd_echo, gives_back_what_it_got)
{
	static const char *const asked[] = {
		"PUT /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: a/b\r\n"
		"Content-Length: 5\r\n\r\nabcde",
		"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
		"a/b\r\n"
		"Transfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
		"BREW /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
		"a/b\r\n"
		"Content-Length: 5\r\n\r\nabcde",
	};

	start_echo();
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct rig_reply reply;

		cr_assert(rig_ask(address, asked[i], &reply));
		cr_expect_eq(reply.status, 200, "%zu", i);
		cr_expect(slice_is(reply.body, "abcde"), "%zu", i);
		cr_expect(slice_is(rig_header(&reply, "Content-Type"), "a/b"));
		cr_expect(slice_is(
		    rig_header(&reply, "X-Content-Type-Options"), "nosniff"));
		cr_expect(slice_is(
		    rig_header(&reply, "Content-Security-Policy"), "sandbox"));
	}
}

Test(httpd_echo, tells_the_headers_as_json)
{
	struct rig_reply reply;

	start_echo();
	cr_assert(rig_ask(address,
	    "GET /echo/headers?a=1 HTTP/1.1\r\nHost: localhost\r\n"
	    "X-One: quote\" back\\slash\r\nX-One: again\r\n\r\n",
	    &reply));
	cr_expect_eq(reply.status, 200);
	cr_expect(
	    slice_is(rig_header(&reply, "Content-Type"), "application/json"));
	cr_expect(has(reply.body, "\"method\":\"GET\""));
	cr_expect(has(reply.body, "\"target\":\"/echo/headers?a=1\""));
	cr_expect(has(reply.body, "[\"X-One\",\"quote\\\" back\\\\slash\"]"));
	cr_expect(has(reply.body, "[\"X-One\",\"again\"]"));
}

Test(httpd_echo, answers_with_any_status)
{
	static const struct {
		const char *path;
		int status;
	} rows[] = {
		{ "/echo/status/200", 200 },
		{ "/echo/status/204", 204 },
		{ "/echo/status/304", 304 },
		{ "/echo/status/404", 404 },
		{ "/echo/status/599", 599 },
		{ "/echo/status/100", 400 },
		{ "/echo/status/600", 400 },
		{ "/echo/status/2000", 400 },
		{ "/echo/status/", 400 },
		{ "/echo/delay/31", 400 },
		{ "/echo/delay/x", 400 },
		{ "/echo/delay/-1", 400 },
		{ "/echo/delay/0.01", 200 },
		{ "/echo/other", 404 },
		{ "/echoes", 404 },
	};

	start_echo();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig_reply reply;

		cr_assert(rig_get(address, rows[i].path, &reply));
		cr_expect_eq(reply.status, rows[i].status, "%s: %d",
		    rows[i].path, reply.status);
	}
}

Test(httpd_echo, a_delay_takes_its_time)
{
	int64_t begin = clock_ms();
	struct rig_reply reply;

	start_echo();
	begin = clock_ms();
	cr_assert(rig_get(address, "/echo/delay/0.25", &reply));
	cr_expect_geq(clock_ms() - begin, 250);
}

Test(httpd_echo, a_broken_body_is_the_clients_fault_not_a_crash)
{
	struct rig_reply reply;

	start_echo();
	cr_assert(rig_ask(address,
	    "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
	    "Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
	    &reply));
	cr_expect_eq(reply.status, 400);
	cr_assert(rig_get(address, "/echo", &reply));
	cr_expect_eq(rig_count(r, "crashed"), 0);
}

/*
 * httpd_mock.c - a slow or failing file: --delay and --status-for.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "httpd_start.h"
#include "rig/http.h"
#include "rig/rig.h"
#include "system/clock.h"

static int
status_of(const char *path)
{
	struct rig_reply reply;

	cr_assert(rig_get(address, path, &reply));
	return reply.status;
}

Test(httpd_mock, a_file_fails_as_it_is_told)
{
	const char *dir = rig_place();
	struct rig_reply reply;

	rig_file(dir, "a.js", "x");
	rig_file(dir, "api/one", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--status-for",
	    "/a.js=503", "--status-for", "/api/*=500", "--status-for",
	    "/api/one=429", dir));
	cr_assert(rig_get(address, "/a.js", &reply));
	cr_expect_eq(reply.status, 503);
	cr_expect(slice_is(rig_header(&reply, "Retry-After"), "1"));
	cr_expect(slice_is(rig_header(&reply, "Cache-Control"), "no-store"));
	cr_expect_eq(status_of("/api/deep/er"), 500);
	cr_expect_eq(status_of("/api/one"), 429, "the last that fits");
	cr_expect_eq(status_of("/%61.js"), 503, "however it is written");
	cr_expect_eq(status_of("/"), 200);
}

Test(httpd_mock, a_file_is_as_slow_as_it_is_told)
{
	const char *dir = rig_place();
	int64_t began;

	rig_file(dir, "slow.css", "x");
	rig_file(dir, "fast.css", "x");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--delay",
	    "/slow.css=400", "--status-for", "/slow.js=500", "--delay",
	    "/slow.js=400", dir));
	began = clock_ms();
	cr_expect_eq(status_of("/slow.css"), 200);
	cr_expect_geq(clock_ms() - began, 400);
	began = clock_ms();
	cr_expect_eq(status_of("/slow.js"), 500, "slow, and then it fails");
	cr_expect_geq(clock_ms() - began, 400);
	cr_expect_eq(status_of("/fast.css"), 200);
	cr_expect_eq(rig_stop(r), 0);
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--delay", "300", dir));
	began = clock_ms();
	cr_expect_eq(status_of("/fast.css"), 200);
	cr_expect_geq(clock_ms() - began, 300);
}

Test(httpd_mock, bad_options_say_what_is_meant)
{
	static const char *const bad[][3] = {
		{ "--delay", "fast", "--delay fast: not MS" },
		{ "--delay", "a.js=5", "not MS or /PATH=MS" },
		{ "--delay", "99999999", "up to 60000" },
		{ "--status-for", "/a.js", "not /PATH=CODE" },
		{ "--status-for", "/a.js=200", "400 to 599" },
		{ "--status-for", "/a.js=", "400 to 599" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rig *ended =
		    rig_run(RIG("berth-httpd", bad[i][0], bad[i][1]));

		cr_expect_eq(rig_wait(ended), 64);
		cr_expect_not_null(
		    strstr(rig_err(ended), bad[i][2]), "%s", rig_err(ended));
	}
}

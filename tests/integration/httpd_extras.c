/*
 * httpd_extras.c - tests of what berth-httpd offers beside files: --status,
 * --open, and what every kind of child finds.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd_start.h"
#include "rig/http.h"
#include "rig/rig.h"
#include "system/clock.h"

static bool
file_is_there(void *path)
{
	return access(path, R_OK) == 0;
}

Test(httpd_status, shows_processes_and_no_clients)
{
	struct rig_reply reply;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--status", "/status",
	    "--min-idle", "3", rig_place()));
	cr_assert(rig_get(address, "/missing", &reply));
	cr_assert(rig_ask(address,
	    "GET /status HTTP/1.1\r\nHost: localhost\r\n"
	    "Accept: application/json\r\n\r\n",
	    &reply));
	cr_expect_eq(reply.status, 200);
	cr_expect(
	    slice_is(rig_header(&reply, "Content-Type"), "application/json"));
	cr_expect(has(reply.body, "\"connections\":2,"));
	cr_expect(has(reply.body, "\"requests\":1,\"refused\":1,"));
	cr_expect(has(reply.body, "\"state\":\"busy\""));
	/* Children must not know whom the others serve: nor does the page. */
	cr_expect(!has(reply.body, "127.0.0.1"));
	cr_assert(rig_get(address, "/status", &reply));
	cr_expect(has(reply.body, "<h1>Status</h1>"));
	cr_expect(!has(reply.body, "127.0.0.1"));
	cr_expect(slice_is(rig_header(&reply, "Cache-Control"), "no-store"));
}

/* However much of what comes next is there already. */
Test(httpd_status, counts_a_request_with_its_own_bytes)
{
	static const char before[] =
	    "HEAD /missing HTTP/1.1\r\nHost: localhost\r\n\r\n"
	    "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Length: 3\r\n\r\nabc";
	struct buf all, want;
	int fd;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--status", "/status",
	    "--echo", "/echo", rig_place()));
	fd = rig_connect(address);
	buf_init(&want, 4096);
	buf_init(&all, 65536);
	buf_addf(&want,
	    "%sGET /status HTTP/1.1\r\nHost: localhost\r\n"
	    "Accept: application/json\r\nConnection: close\r\n\r\n",
	    before);
	cr_assert(rig_send_bytes(fd, want.p, want.n));
	cr_assert(rig_read_all(fd, &all));
	buf_clear(&want);
	buf_addf(&want, "\"bytes_in\":%zu,", sizeof(before) - 1);
	cr_expect(has(buf_slice(&all), buf_str(&want)), "%s", buf_str(&all));
	buf_free(&want);
	buf_free(&all);
	close(fd);
}

Test(httpd_status, works_with_exec_too)
{
	struct rig_reply reply;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--status", "/status",
	    "--exec", rig_place()));
	cr_assert(rig_get(address, "/missing", &reply));
	cr_assert(rig_get(address, "/status", &reply));
	cr_expect(has(reply.body, "<dt>connections<dd>2<"));
	cr_expect(has(reply.body, "<dt>requests<dd>1<"));
}

Test(httpd_status, is_not_there_unless_asked_for)
{
	struct rig_reply reply;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", rig_place()));
	cr_assert(rig_get(address, "/status", &reply));
	cr_expect_eq(reply.status, 404);
	cr_assert(rig_get(address, "/.berth/live.js", &reply));
	cr_expect_eq(reply.status, 404);
}

Test(httpd_open, starts_the_browser_at_the_address)
{
	const char *dir = rig_place(), *seen = rig_in(dir, "seen");
	const char *browser = rig_file(dir, "browser",
	    "#!/bin/sh\necho \"$1\" >\"$0.tmp\" && mv \"$0.tmp\" "
	    "\"${0%browser}seen\"\n");
	struct buf b, setting, want;

	cr_assert_eq(chmod(browser, 0755), 0);
	buf_init(&setting, 4096);
	buf_addf(&setting, "BROWSER=%s", browser);
	const char *const env[] = { buf_str(&setting), NULL };
	struct rig_how how = {
		.argv = RIG("berth-httpd", "-l", "127.0.0.1:0", "--open", dir),
		.env = env,
	};

	r = rig_start_how(&how);
	buf_init(&want, 4096);
	buf_addf(&want, "http://%s/\n", rig_address(r, "http"));
	cr_assert(
	    rig_until("the browser was started", file_is_there, (void *)seen));
	buf_init(&b, 4096);
	cr_assert_eq(rig_slurp(seen, &b), 0);
	cr_expect(
	    slice_eq(buf_slice(&b), buf_slice(&want)), "%.*s", (int)b.n, b.p);
	cr_expect_eq(rig_stop(r), 0, "the browser is nobody's child");
}

/* What is opened before the fork is open in a child, however it was born. */
Test(httpd_births, every_kind_of_child_finds_the_site)
{
	static const char *const kinds[] = { "--no-sandbox", "--exec",
		"--reuse=0", "--reuse=3", "--isolation=restore" };
	const char *dir = rig_place();

	rig_needs_sandbox(); /* with it and without, by turns */
	rig_file(dir, "index.html", "<p>here");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct rig_reply reply;

		start(RIG("berth-httpd", "-l", "127.0.0.1:0", kinds[i], dir));
		for (int j = 0; j < 8; j++) {
			cr_assert(rig_get(address, "/", &reply));
			cr_expect_eq(reply.status, 200, "%s", kinds[i]);
		}
		start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--no-sandbox",
		    kinds[i], dir));
		cr_assert(rig_get(address, "/", &reply));
		cr_expect_eq(reply.status, 200, "--no-sandbox %s", kinds[i]);
	}
}

/*
 * httpd_extras.c - tests of what berth-httpd offers beside files: --echo,
 * --status, --live.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/http.h"
#include "rig/rig.h"
#include "system/clock.h"

static struct rig *r;
static const char *address;

static void
start(const char *const argv[])
{
	r = rig_start(argv);
	address = rig_address(r, "http");
}

static bool
file_is_there(void *path)
{
	return access(path, R_OK) == 0;
}

static bool
has(struct slice s, const char *text)
{
	return s.n > 0 && memmem(s.p, s.n, text, strlen(text)) != NULL;
}

static void
start_echo(void)
{
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--echo", "/echo",
	    rig_place()));
}

Test(httpd_echo, gives_back_what_it_got)
{
	static const char *const asked[] = {
		"PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\n"
		"Content-Length: 5\r\n\r\nabcde",
		"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\n"
		"Transfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
		"BREW /echo HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\n"
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
	    "GET /echo/headers?a=1 HTTP/1.1\r\nHost: x\r\n"
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
	    "POST /echo HTTP/1.1\r\nHost: x\r\n"
	    "Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
	    &reply));
	cr_expect_eq(reply.status, 400);
	cr_assert(rig_get(address, "/echo", &reply));
	cr_expect_eq(rig_count(r, "crashed"), 0);
}

Test(httpd_echo, a_body_beyond_the_limit_is_413)
{
	struct rig_reply reply;

	start_echo();
	cr_assert(rig_ask(address,
	    "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
	    "Content-Length: 16777217\r\n\r\n",
	    &reply));
	cr_expect(
	    reply.status == 413 || reply.status == 100, "%d", reply.status);
}

Test(httpd_status, shows_the_house)
{
	struct rig_reply reply;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--status", "/status",
	    "--min-idle", "3", rig_place()));
	cr_assert(rig_get(address, "/missing", &reply));
	cr_assert(rig_ask(address,
	    "GET /status HTTP/1.1\r\nHost: x\r\n"
	    "Accept: application/json\r\n\r\n",
	    &reply));
	cr_expect_eq(reply.status, 200);
	cr_expect(
	    slice_is(rig_header(&reply, "Content-Type"), "application/json"));
	cr_expect(has(reply.body, "\"connections\":2,"));
	cr_expect(has(reply.body, "\"requests\":1,\"refused\":1,"));
	cr_expect(has(reply.body, "\"state\":\"busy\""));
	cr_expect(has(reply.body, "\"client\":\"127.0.0.1:"));
	cr_assert(rig_get(address, "/status", &reply));
	cr_expect(has(reply.body, "<h1>Status</h1>"));
	cr_expect(slice_is(rig_header(&reply, "Cache-Control"), "no-store"));
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

/* Open the stream and hear its hello. */
static int
open_stream(const char *since)
{
	struct buf b, ask;
	int fd = rig_connect(address);

	buf_init(&ask, 512);
	buf_addf(&ask, "GET /.berth/live?since=%s HTTP/1.1\r\nHost: x\r\n\r\n",
	    since);
	cr_assert(rig_send_bytes(fd, ask.p, ask.n));
	buf_init(&b, 8192);
	cr_assert(rig_read_through(fd, &b, "event: hello\ndata: "));
	cr_assert(rig_read_through(fd, &b, "\n\n"));
	return fd;
}

static void
expect_event(int fd, const char *event)
{
	struct buf b;

	buf_init(&b, 8192);
	cr_assert(rig_read_through(fd, &b, "\n\n"));
	cr_expect(slice_starts(buf_slice(&b), event), "%.*s, not %s", (int)b.n,
	    b.p, event);
	buf_free(&b);
}

Test(httpd_live, tells_what_changed)
{
	const char *dir = rig_place();
	int fd;

	rig_file(dir, "index.html", "<p>one");
	rig_file(dir, "sub/deep/style.css", "p{}");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	fd = open_stream("");
	rig_file(dir, "sub/deep/style.css", "p{color:red}");
	expect_event(fd, "event: style\n");
	rig_file(dir, "index.html", "<p>two");
	expect_event(fd, "event: page\n");
	/* Changes in directories that are new are seen as well. */
	rig_file(dir, "sub/new/other.txt", "x");
	expect_event(fd, "event: page\n");
	rig_pause_ms(100);
	rig_file(dir, "sub/new/other.css", "x");
	expect_event(fd, "event: style\n");
	/* Many editors write elsewhere and rename. */
	rig_file(dir, "style.css.part", "x");
	cr_assert_eq(
	    rename(rig_in(dir, "style.css.part"), rig_in(dir, "style.css")), 0);
	expect_event(fd, "event: style\n");
	/* What editors keep for themselves is nobody's business. */
	rig_file(dir, ".index.html.swp", "x");
	rig_file(dir, "index.html~", "x");
	cr_expect(rig_expect_silence(fd, 300));
}

Test(httpd_live, tells_what_was_missed)
{
	const char *dir = rig_place();

	rig_file(dir, "style.css", "p{}");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	expect_event(open_stream("1"), "event: style\n");
	rig_file(dir, "index.html", "<p>");
	expect_event(open_stream("1"), "event: page\n");
	cr_expect(rig_expect_silence(open_stream("9999999999999"), 200));
}

Test(httpd_live, adds_its_script_to_pages_only)
{
	const char *dir = rig_place();
	struct rig_reply reply;

	rig_file(dir, "index.html", "<p>one");
	rig_file(dir, "plain.txt", "<p>one");
	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	cr_assert(rig_get(address, "/", &reply));
	cr_expect(slice_is(
	    reply.body, "<p>one<script src=\"/.berth/live.js\"></script>\n"));
	cr_assert(rig_get(address, "/plain.txt", &reply));
	cr_expect(slice_is(reply.body, "<p>one"));
	cr_assert(rig_ask(address,
	    "GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=-5\r\n\r\n", &reply));
	cr_expect_eq(reply.status, 206);
	cr_expect(slice_is(reply.body, "ipt>\n"));
	cr_expect(
	    slice_is(rig_header(&reply, "Content-Range"), "bytes 41-45/46"));
	cr_assert(rig_get(address, "/.berth/live.js", &reply));
	cr_expect(has(reply.body, "EventSource"));
}

Test(httpd_live, what_a_client_says_meanwhile_is_ignored)
{
	int fd;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", rig_place()));
	fd = open_stream("");
	for (int i = 0; i < 100; i++)
		cr_assert(rig_send(fd, "GET /another HTTP/1.1\r\n"));
	cr_expect(rig_expect_silence(fd, 100));
	rig_half_close(fd);
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_expect(rig_hear(r, "\"GET /.berth/live?since= HTTP/1.1\" 200 "));
	cr_expect_eq(rig_count(r, "/another"), 0);
	cr_expect_eq(rig_stop(r), 0);
}

Test(httpd_live, a_drain_ends_the_stream)
{
	int fd;

	start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", rig_place()));
	fd = open_stream("");
	rig_signal(r, SIGTERM);
	cr_expect(rig_expect_end(fd));
	close(fd);
	cr_expect_eq(rig_wait(r), 0);
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
	static const char *const kinds[] = { "--no-box", "--exec", "--reuse=0",
		"--reuse=3" };
	const char *dir = rig_place();

	rig_needs_box(); /* with it and without, by turns */
	rig_file(dir, "index.html", "<p>here");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct rig_reply reply;

		start(RIG("berth-httpd", "-l", "127.0.0.1:0", kinds[i], dir));
		for (int j = 0; j < 8; j++) {
			cr_assert(rig_get(address, "/", &reply));
			cr_expect_eq(reply.status, 200, "%s", kinds[i]);
		}
		start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--no-box",
		    kinds[i], dir));
		cr_assert(rig_get(address, "/", &reply));
		cr_expect_eq(reply.status, 200, "--no-box %s", kinds[i]);
	}
}

/*
 * site_origin.c - a page of somebody else's in the user's browser: it has its
 * own name lead to this server (DNS rebinding), or asks across origins.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

static const char *dir;
static struct rig *server;

static void
fill(void)
{
	dir = rig_place();
	rig_file(dir, "index.html", "index");
	rig_file(dir, "own.test/index.html", "own");
	rig_file(dir, "default/index.html", "other");
}

TestSuite(site_origin, .init = fill);

static struct rig_reply *
ask(const char *path, const char *host, const char *fields)
{
	static struct rig_reply r;
	char request[1024];

	snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n", path,
	    host, fields);
	cr_expect(rig_ask(rig_address(server, "http"), request, &r), "%s %s",
	    path, host);
	return &r;
}

static bool
has(struct slice text, const char *word)
{
	return memmem(text.p, text.n, word, strlen(word)) != NULL;
}

struct row {
	const char *host;
	int status;
};

static void
expect_hosts(const struct row *rows)
{
	for (; rows->host != NULL; rows++)
		cr_expect_eq(ask("/", rows->host, "")->status, rows->status,
		    "%s: not %d", rows->host, rows->status);
}

Test(site_origin, a_name_that_was_made_to_lead_here)
{
	static const struct row rows[] = { { "localhost", 200 },
		{ "LocalHost.:8080", 200 }, { "app.localhost", 200 },
		{ "127.0.0.1", 200 }, { "[::1]:80", 200 }, { "10.1.2.3", 200 },
		{ "evil.test", 421 }, { "evil.test:8080", 421 },
		{ "localhost.evil.test", 421 }, { "127.0.0.1.evil.test", 421 },
		{ "evillocalhost", 421 }, { ".localhost", 421 },
		{ "own.test", 421 }, { NULL, 0 } };
	char name[256] = "";
	struct rig_reply *r;

	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
	expect_hosts(rows);
	cr_assert_eq(gethostname(name, sizeof(name) - 1), 0);
	cr_expect_eq(ask("/", name, "")->status, 200, "%s", name);
	r = ask("/", "evil.test", "");
	cr_expect(has(r->body, "--allow-host evil.test"), "it says how");
	cr_expect(!has(r->body, "index"));
	cr_expect(rig_hear(server, "421: asked for another host"));
	/* The name in an absolute target counts, not the field. */
	cr_expect_eq(ask("http://evil.test/", "localhost", "")->status, 421);
	cr_expect_eq(rig_stop(server), 0);
}

Test(site_origin, names_that_were_allowed)
{
	static const struct row rows[] = { { "dev.test", 200 },
		{ "DEV.test:81", 200 }, { "a.below.test", 200 },
		{ "below.test", 421 }, { "xbelow.test", 421 },
		{ "evil.test", 421 }, { NULL, 0 } };

	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--allow-host", "dev.test", "--allow-host", "*.below.test", dir));
	expect_hosts(rows);
	cr_expect_eq(rig_stop(server), 0);
	server = rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--allow-host", "*", dir));
	cr_expect_eq(ask("/", "evil.test", "")->status, 200);
	cr_expect_eq(rig_stop(server), 0);
}

/* Whoever made a directory for a host has named it. */
Test(site_origin, virtual_hosts)
{
	static const struct row rows[] = { { "own.test", 200 },
		{ "localhost", 200 }, { "evil.test", 421 }, { "default", 200 },
		{ NULL, 0 } };

	server =
	    rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--vhosts", dir));
	expect_hosts(rows);
	cr_expect_eq(rig_stop(server), 0);
}

#define CROSS  "Sec-Fetch-Site: cross-site\r\n"
#define SAME   "Sec-Fetch-Site: same-origin\r\n"
#define VISIT  "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
#define FRAME  "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n"
#define OTHERS "Origin: http://evil.test\r\n"

Test(site_origin, what_only_own_pages_may_ask)
{
	static const char *const paths[] = { "/.berth/live.js", "/status",
		"/echo" };
	static const struct {
		const char *fields;
		int status;
	} rows[] = { { "", 200 }, { SAME, 200 },
		{ "Sec-Fetch-Site: none\r\n", 200 }, { CROSS, 403 },
		{ "Sec-Fetch-Site: same-site\r\n", 403 }, { CROSS VISIT, 200 },
		{ CROSS FRAME, 403 }, { OTHERS, 403 },
		{ "Origin: null\r\n", 403 },
		{ "Origin: http://localhost\r\n", 200 },
		{ "Origin: http://localhost:81\r\n", 403 } };

	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--live",
	    "--status", "/status", "--echo", "/echo", dir));
	for (size_t p = 0; p < 3; p++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			cr_expect_eq(
			    ask(paths[p], "localhost", rows[i].fields)->status,
			    rows[i].status, "%s, row %zu", paths[p], i);
	cr_expect_eq(ask("/", "localhost", CROSS OTHERS)->status, 200,
	    "files are for all, who reads them is CORS' business");
	cr_expect_eq(rig_stop(server), 0);
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--cors",
	    "--status", "/status", dir));
	cr_expect_eq(ask("/status", "localhost", CROSS OTHERS)->status, 200);
	cr_expect_eq(rig_stop(server), 0);
}

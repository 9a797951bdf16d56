/*
 * site_order.c - which file answers, in all combinations of --clean-urls,
 * --spa and --no-listing: the very file, NAME.html, the folder's index, its
 * listing, the application's page, 404.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

static const char *dir;

static void
fill(void)
{
	dir = rig_place();
	rig_file(dir, "index.html", "the app");
	rig_file(dir, "exact", "exact");
	rig_file(dir, "exact.html", "exact.html");
	rig_file(dir, "page.html", "page.html");
	rig_file(dir, "both.html", "both.html");
	rig_file(dir, "both/index.html", "both/index");
	rig_file(dir, "folder/index.html", "folder/index");
	rig_file(dir, "bare/file.txt", "file");
}

TestSuite(site_order, .init = fill);

enum { CLEAN = 1, SPA = 2, NO_LISTING = 4, ALL = 8 };

#define VISIT  "Sec-Fetch-Mode: navigate\r\n"
#define SCRIPT "Sec-Fetch-Mode: no-cors\r\n"

static const struct row {
	const char *path, *fields;
	int with, without; /* for which combinations it holds */
	int status;
	const char *body; /* or Location, for 301 */
} rows[] = {
	{ "/exact", "", 0, 0, 200, "exact" },
	{ "/page.html", "", 0, 0, 200, "page.html" },
	{ "/page", "", CLEAN, 0, 200, "page.html" },
	{ "/page", VISIT, CLEAN, 0, 200, "page.html" },
	{ "/page/", "", CLEAN, 0, 301, "/page" },
	{ "/page/?a=b", "", CLEAN, 0, 301, "/page?a=b" },
	{ "/page", "", 0, CLEAN, 404, NULL },
	{ "/page/", "", 0, CLEAN, 404, NULL },
	{ "/page", VISIT, SPA, CLEAN, 200, "the app" },
	{ "/page/", VISIT, SPA, CLEAN, 200, "the app" },
	/* The page before the folder, by either name. */
	{ "/both", "", CLEAN, 0, 200, "both.html" },
	{ "/both/", "", CLEAN, 0, 301, "/both" },
	{ "/both/index.html", "", 0, 0, 200, "both/index" },
	{ "/both", "", 0, CLEAN, 301, "/both/" },
	{ "/both/", "", 0, CLEAN, 200, "both/index" },
	{ "/folder", "", 0, 0, 301, "/folder/" },
	{ "/folder/", "", 0, 0, 200, "folder/index" },
	{ "/folder/", VISIT, 0, 0, 200, "folder/index" },
	/* A listing before the application's page. */
	{ "/bare", VISIT, 0, 0, 301, "/bare/" },
	{ "/bare/", VISIT, 0, NO_LISTING, 200, NULL },
	{ "/bare/", VISIT, NO_LISTING, SPA, 403, NULL },
	{ "/bare/", VISIT, NO_LISTING | SPA, 0, 200, "the app" },
	{ "/bare/", SCRIPT, NO_LISTING, 0, 403, NULL },
	{ "/gone", VISIT, SPA, 0, 200, "the app" },
	{ "/gone/", VISIT, SPA, 0, 200, "the app" },
	{ "/gone/deeper", VISIT, SPA, 0, 200, "the app" },
	{ "/gone.js", SCRIPT, SPA, 0, 404, NULL },
	{ "/gone", "", 0, 0, 404, NULL },
	{ "/gone", VISIT, 0, SPA, 404, NULL },
	{ "/", "", 0, 0, 200, "the app" },
	{ "/.html", "", 0, 0, 404, NULL },
};

static void
check(struct rig *s, const struct row *row, int how)
{
	struct rig_reply r;
	char request[256];

	snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", row->path,
	    row->fields);
	cr_assert(rig_ask(rig_address(s, "http"), request, &r));
	cr_expect_eq(r.status, row->status, "%s, combination %d: %d", row->path,
	    how, r.status);
	if (row->body == NULL)
		return;
	cr_expect(
	    slice_is(row->status == 301 ? rig_header(&r, "Location") : r.body,
		row->body),
	    "%s, combination %d", row->path, how);
	cr_expect(row->status != 301 ||
		slice_is(rig_header(&r, "Cache-Control"), "no-cache"),
	    "browsers must not keep it");
	rig_reply_free(&r);
}

Test(site_order, all_combinations)
{
	for (int how = 0; how < ALL; how++) {
		const char *argv[10] = { "berth-httpd", "-l", "127.0.0.1:0" };
		size_t n = 3;
		struct rig *s;

		if ((how & CLEAN) != 0)
			argv[n++] = "--clean-urls";
		if ((how & SPA) != 0)
			argv[n++] = "--spa";
		if ((how & NO_LISTING) != 0)
			argv[n++] = "--no-listing";
		argv[n] = dir;
		s = rig_start(argv);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if ((how & rows[i].with) == rows[i].with &&
			    (how & rows[i].without) == 0)
				check(s, &rows[i], how);
		cr_expect_eq(rig_stop(s), 0);
	}
}

/* What answers there depends on who asks, so a cache has to know whom it was. */
Test(site_order, a_cache_knows_for_whom_it_was)
{
	static const struct {
		const char *path, *fields;
		bool varies;
	} asked[] = {
		{ "/gone", VISIT, true },
		{ "/gone", SCRIPT, true },
		{ "/gone", "Accept: text/html\r\nAccept-Encoding: gzip\r\n",
		    true },
		{ "/bare/", VISIT, true },
		{ "/exact", VISIT, false },
	};
	struct rig *s = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--spa", "--no-listing", "--cache", "60", dir));
	struct rig_reply r;

	rig_file(dir, "404.html", "my own");
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		char request[256];

		snprintf(request, sizeof(request),
		    "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
		    asked[i].path, asked[i].fields);
		cr_assert(rig_ask(rig_address(s, "http"), request, &r));
		cr_expect_eq(
		    strstr(buf_str(&r.bytes),
			"\r\nVary: Accept, Sec-Fetch-Mode\r\n") != NULL,
		    asked[i].varies, "row %zu: %s", i, buf_str(&r.bytes));
		rig_reply_free(&r);
	}
	cr_expect_eq(rig_stop(s), 0);
}

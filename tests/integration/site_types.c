/*
 * site_types.c - what a browser is told of a file: an encoding only if it is
 * that, text that people read as text, and a script as a script.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"
#include "site_ask.h"

static const char *dir;

static void
start(void)
{
	dir = rig_place();
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--mime",
	    "own=text/x-own; charset=utf-8", dir));
}

TestSuite(site_types, .init = start);

Test(site_types, by_name_and_bytes)
{
	static const struct {
		const char *name, *bytes, *type;
	} rows[] = {
		{ "utf8.html", "gr\xc3\xbc\xc3\x9f",
		    "text/html; charset=utf-8" },
		{ "latin1.html", "gr\xfc\xdf", "text/html" },
		{ "meta.html", "<meta charset=koi8-r>", "text/html" },
		{ "latin1.js", "'\xfc'", "text/javascript" },
		{ "old.own", "\xfc", "text/x-own; charset=utf-8" },
		{ "a.yaml", "a: 1", "text/plain; charset=utf-8" },
		{ "a.md", "# a", "text/plain; charset=utf-8" },
		{ "a.csv", "a;b", "text/plain; charset=utf-8" },
		{ "a.ts", "let a = 1;", "text/plain; charset=utf-8" },
		{ "x", "x", "text/plain; charset=utf-8" },
		{ "json", "{\"a\": 1}", "application/json" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[64];

		rig_file(dir, rows[i].name, rows[i].bytes);
		snprintf(path, sizeof(path), "/%s", rows[i].name);
		cr_expect(slice_is(rig_header(ask(path, ""), "Content-Type"),
			      rows[i].type),
		    "%s", path);
	}
}

/* Beyond what is kept in memory. */
Test(site_types, large_files)
{
	static char text[200000];

	memset(text, 'a', sizeof(text) - 1);
	rig_file(dir, "big.html", text);
	cr_expect(slice_is(rig_header(ask("/big.html", ""), "Content-Type"),
	    "text/html; charset=utf-8"));
	text[1000] = '\xfc';
	rig_file(dir, "old.html", text);
	cr_expect(slice_is(
	    rig_header(ask("/old.html", ""), "Content-Type"), "text/html"));
}

/* <script src="/lib/app">: what has no extension is what the page takes it for,
 * or the browser would refuse it. */
Test(site_types, what_a_page_loads)
{
	struct rig_reply *r;

	rig_file(dir, "app", "let a = 1;");
	rig_file(dir, "look", "p { color: red }");
	rig_file(dir, "data.bin2", "\x01\x02\xff\x01");
	r = ask("/app", "Sec-Fetch-Dest: script\r\n");
	cr_expect(slice_is(rig_header(r, "Content-Type"), "text/javascript"));
	cr_expect(has(r->head, "Vary: Sec-Fetch-Dest"));
	r = ask("/look", "Sec-Fetch-Dest: style\r\n");
	cr_expect(slice_is(rig_header(r, "Content-Type"), "text/css"));
	r = ask("/app", "Sec-Fetch-Dest: document\r\n");
	cr_expect(slice_is(
	    rig_header(r, "Content-Type"), "text/plain; charset=utf-8"));
	cr_expect(has(r->head, "Vary: Sec-Fetch-Dest"));
	r = ask("/data.bin2", "Sec-Fetch-Dest: script\r\n");
	cr_expect(slice_is(
	    rig_header(r, "Content-Type"), "application/octet-stream"));
}

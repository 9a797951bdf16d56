/*
 * site_copies.c - compressed copies that lie beside a file, and names that say
 * both what a file is and how it is compressed.
 */

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"
#include "site_ask.h"

#define GZ   "\x1f\x8b\x08"
#define GZIP "Accept-Encoding: gzip, br, zstd\r\n"

static const char *dir;

static void
start(void)
{
	dir = rig_place();
	rig_file(dir, "page.html", "<p>plain</p>");
	rig_file(dir, "page.html.gz", GZ "gzipped");
	rig_file(dir, "page.html.br", "brotli");
	rig_file(dir, "lonely.css.gz", "gzipped");
	rig_pause_ms(40); /* a file has its lasting ETag after 20 ms */
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--log-format", "json", "--cache", "60", dir));
}

TestSuite(site_copies, .init = start);

Test(site_copies, compressed_copies)
{
	static const struct {
		const char *accept, *body, *coding;
	} rows[] = {
		{ "", "<p>plain</p>", "" },
		{ "Accept-Encoding: gzip\r\n", GZ "gzipped", "gzip" },
		{ "Accept-Encoding: gzip, br\r\n", "brotli", "br" },
		{ "Accept-Encoding: gzip, br;q=0.5\r\n", GZ "gzipped", "gzip" },
		{ "Accept-Encoding: zstd\r\n", "<p>plain</p>", "" },
		{ "Accept-Encoding: zstd, gzip;q=0.1\r\n", GZ "gzipped",
		    "gzip" },
		{ "Accept-Encoding: br;q=0, *\r\n", GZ "gzipped", "gzip" },
		{ "Accept-Encoding: identity, gzip;q=0.5\r\n", "<p>plain</p>",
		    "" },
	};
	char etag[128] = "";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig_reply *r = ask("/page.html", rows[i].accept);

		cr_expect(slice_is(r->body, rows[i].body), "row %zu", i);
		cr_expect(
		    slice_is(rig_header(r, "Content-Encoding"), rows[i].coding),
		    "row %zu", i);
		cr_expect(slice_is(rig_header(r, "Vary"), "Accept-Encoding"));
		cr_expect(slice_is(
		    rig_header(r, "Content-Type"), "text/html; charset=utf-8"));
		if (i > 0 && i < 3)
			cr_expect(!slice_is(rig_header(r, "ETag"), etag),
			    "an ETag of its own");
		snprintf(etag, sizeof(etag), "%.*s",
		    SLICE_FMT(rig_header(r, "ETag")));
	}
	cr_expect(
	    ask("/lonely.css", "Accept-Encoding: gzip\r\n")->status == 404);
	cr_expect(slice_is(rig_header(ask("/page.html.gz", ""), "Content-Type"),
	    "application/gzip"));
}

/* Copies that a build left behind, or that are none. */
Test(site_copies, copies_that_are_not_served)
{
	static const struct {
		const char *name, *copy, *bytes;
		int64_t age;
		const char *coding;
	} rows[] = {
		{ "good.js", "good.js.gz", GZ "x", 0, "gzip" },
		{ "same.js", "same.js.br", "\x0b\x02", 0, "br" },
		{ "old.js", "old.js.gz", GZ "x", 1, "" },
		{ "old.css", "old.css.br", "\x0b\x02", 1, "" },
		{ "empty.js", "empty.js.gz", "", 0, "" },
		{ "empty.css", "empty.css.br", "", 0, "" },
		{ "text.js", "text.js.gz", "let a = 1;", 0, "" },
		{ "text.css", "text.css.zst", GZ "x", 0, "" },
		{ "plain.js", "plain.js.br", "let a = 1;", 0, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig_reply *r;
		char path[64];

		rig_file(dir, rows[i].name, "let a = 1;");
		rig_file(dir, rows[i].copy, rows[i].bytes);
		rig_touch(dir, rows[i].name, 1000000000);
		rig_touch(dir, rows[i].copy, 1000000000 - rows[i].age);
		snprintf(path, sizeof(path), "/%s", rows[i].name);
		r = ask(path, GZIP);
		cr_expect(
		    slice_is(rig_header(r, "Content-Encoding"), rows[i].coding),
		    "%s", path);
		cr_expect(slice_is(r->body,
			      rows[i].coding[0] == '\0' ? "let a = 1;" :
							  rows[i].bytes),
		    "%s", path);
	}
}

/* What a build of WebGL or SVG leaves is both what it is and compressed. */
Test(site_copies, double_extensions)
{
	static const struct {
		const char *name, *bytes, *accept, *type, *coding;
	} rows[] = {
		{ "a.js.gz", GZ "x", GZIP, "text/javascript; charset=utf-8",
		    "gzip" },
		{ "a.js.gz", GZ "x", "", "application/gzip", "" },
		{ "b.wasm.br", "\x0b\x02", GZIP, "application/wasm", "br" },
		{ "c.svgz", GZ "x", GZIP, "image/svg+xml", "gzip" },
		{ "d.tar.gz", GZ "x", GZIP, "application/gzip", "" },
		{ "e.csv.gz", GZ "x", GZIP, "application/gzip", "" },
		{ "f.js.gz", "no gzip", GZIP, "application/gzip", "" },
		{ "g.min.js", "x", GZIP, "text/javascript; charset=utf-8", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig_reply *r;
		char path[64];

		rig_file(dir, rows[i].name, rows[i].bytes);
		snprintf(path, sizeof(path), "/%s", rows[i].name);
		r = ask(path, rows[i].accept);
		cr_expect(slice_is(rig_header(r, "Content-Type"), rows[i].type),
		    "row %zu", i);
		cr_expect(
		    slice_is(rig_header(r, "Content-Encoding"), rows[i].coding),
		    "row %zu", i);
		cr_expect(slice_is(r->body, rows[i].bytes), "row %zu", i);
		cr_expect(slice_is(rig_header(r, "Vary"), "Accept-Encoding"));
	}
}

/* One connection, both names of a copy: neither takes the other's fields. */
Test(site_copies, a_copy_by_either_name)
{
	static const char copy[] =
	    "GET /page.html HTTP/1.1\r\nHost: localhost\r\n" GZIP "\r\n";
	int fd = rig_open(server, "http");
	struct rig_reply r;

	for (int i = 0; i < 2; i++) {
		cr_assert(rig_send(fd, copy));
		cr_assert(rig_reply(fd, &r, false));
		cr_expect(slice_is(rig_header(&r, "Content-Encoding"), "br"));
		cr_assert(rig_get_on(fd, "/page.html.br", &r));
		cr_expect(rig_header(&r, "Content-Encoding").p == NULL);
		cr_expect(slice_is(
		    rig_header(&r, "Content-Type"), "application/x-brotli"));
	}
	close(fd);
}

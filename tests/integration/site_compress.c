/*
 * site_compress.c - files that are compressed while they are asked for, as
 * browsers and curl --compressed get them.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "site_script.h"

static void
start(void)
{
	start_with(NULL);
}

TestSuite(site_compress, .init = start);

Test(site_compress, the_client_chooses)
{
	static const struct {
		const char *accepts, *coding;
	} rows[] = {
		{ "gzip", "gzip" },
		{ "x-gzip", "gzip" },
		{ "br", "br" },
		{ "zstd", "zstd" },
		{ "gzip, deflate, br, zstd", "zstd" },
		{ "gzip, deflate, br", "br" },
		{ "gzip;q=1, br;q=0.5, zstd;q=0", "gzip" },
		{ "*", "zstd" },
		{ "zstd;q=0, *;q=0.1", "br" },
		{ "identity", "" },
		{ "identity, gzip;q=0.5", "" },
		{ "deflate", "" },
		{ "gzip;q=0", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char field[100];
		struct rig_reply *r;

		snprintf(field, sizeof(field), "Accept-Encoding: %s\r\n",
		    rows[i].accepts);
		r = ask("/app.js", field);
		cr_expect_eq(r->status, 200);
		cr_expect(
		    slice_is(rig_header(r, "Content-Encoding"), rows[i].coding),
		    "%s: %.*s", rows[i].accepts,
		    SLICE_FMT(rig_header(r, "Content-Encoding")));
		cr_expect(slice_is(rig_header(r, "Vary"), "Accept-Encoding"));
		cr_expect(slice_is(rig_header(r, "Content-Type"),
		    "text/javascript; charset=utf-8"));
		cr_expect(rows[i].coding[0] == '\0' ||
		    (r->body.n < SIZE / 2 &&
			slice_starts(rig_header(r, "ETag"), "W/\"")));
		cr_expect(rows[i].coding[0] != '\0' ||
		    slice_starts(rig_header(r, "ETag"), "\""));
		expect_whole(r, SIZE);
	}
	cr_expect(rig_header(ask("/app.js", ""), "Content-Encoding").p == NULL);
}

Test(site_compress, what_gains_nothing_stays_as_it_is)
{
	static const char all[] = "Accept-Encoding: gzip, br, zstd\r\n";
	struct rig_reply *r;

	r = ask("/least.txt", all);
	cr_expect(slice_is(rig_header(r, "Content-Encoding"), "zstd"));
	expect_whole(r, 1024);
	r = ask("/less.txt", all);
	cr_expect(rig_header(r, "Content-Encoding").p == NULL);
	expect_whole(r, 1023);
	r = ask("/photo.jpg", all);
	cr_expect(rig_header(r, "Content-Encoding").p == NULL);
	/* Compressed already: never a second time. */
	r = ask("/note.txt.gz", all);
	cr_expect(rig_header(r, "Content-Encoding").p == NULL);
	cr_expect(slice_is(rig_header(r, "Content-Type"), "application/gzip"));
}

/* A listing for programs, and the status page. */
static void
expect_made(const char *field)
{
	struct rig_reply *r = ask("/many/", field);
	char *is;
	size_t n;

	is = undo(rig_header(r, "Content-Encoding"), r->body, &n);
	cr_expect(slice_ends((struct slice){ is, n },
	    "],\"directories\":0,\"files\":2000,\"bytes\":0}\n"));
	free(is);
	r = ask("/its-status", field);
	is = undo(rig_header(r, "Content-Encoding"), r->body, &n);
	cr_expect(has((struct slice){ is, n }, "\"sandbox\":"));
	free(is);
}

/* What the server makes for this one request, too, whatever it comes to. */
Test(site_compress, listings_and_the_status_page)
{
	static const char *const codings[] = { "gzip", "br", "zstd" };
	struct rig_reply *r;
	char field[100], name[64];
	struct buf plain;
	char *is;
	size_t n;

	for (unsigned i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "many/file number %u.txt", i);
		rig_file(dir, name, "");
	}
	buf_init(&plain, LARGE);
	r = ask("/many/", "");
	cr_expect(rig_header(r, "Content-Encoding").p == NULL);
	buf_adds(&plain, r->body);
	for (size_t i = 0; i < 3; i++) {
		snprintf(field, sizeof(field), "Accept-Encoding: %s\r\n",
		    codings[i]);
		r = ask("/many/", field);
		cr_expect(
		    slice_is(rig_header(r, "Content-Encoding"), codings[i]));
		cr_expect(has(r->head, "\r\nVary: Accept\r\n") &&
		    has(r->head, "\r\nVary: Accept-Encoding\r\n"));
		is = undo(slice_of(codings[i]), r->body, &n);
		cr_expect(slice_eq((struct slice){ is, n }, buf_slice(&plain)));
		cr_expect(r->body.n < plain.n / 10);
		free(is);
		snprintf(field, sizeof(field),
		    "Accept: application/json\r\nAccept-Encoding: %s\r\n",
		    codings[i]);
		expect_made(field);
	}
	buf_free(&plain);
}

Test(site_compress, a_copy_that_lies_there_goes_first)
{
	struct rig_reply *r;

	rig_file(dir, "app.js.gz", "\x1f\x8b\x08 as somebody made it");
	r = ask("/app.js", "Accept-Encoding: gzip\r\n");
	cr_expect(slice_is(rig_header(r, "Content-Encoding"), "gzip"));
	cr_expect(slice_is(r->body, "\x1f\x8b\x08 as somebody made it"));
	cr_expect(slice_starts(rig_header(r, "ETag"), "\""));
}

Test(site_compress, a_larger_file_is_compressed_while_it_is_sent)
{
	static const char *const codings[] = { "gzip", "br", "zstd" };

	for (size_t i = 0; i < 3; i++) {
		char field[100];
		struct rig_reply *r;

		snprintf(field, sizeof(field), "Accept-Encoding: %s\r\n",
		    codings[i]);
		r = ask("/large.json", field);
		cr_expect_eq(r->status, 200);
		cr_expect(
		    slice_is(rig_header(r, "Content-Encoding"), codings[i]));
		cr_expect(
		    slice_is(rig_header(r, "Transfer-Encoding"), "chunked"));
		cr_expect(rig_header(r, "Content-Length").p == NULL);
		cr_expect(slice_starts(rig_header(r, "ETag"), "W/\""));
		expect_whole(r, LARGE);
	}
}

/* The tag of what was compressed says 304, and nobody else's does. */
Test(site_compress, who_has_it_is_told_so)
{
	static const char *const paths[] = { "/app.js", "/large.json" };

	for (size_t i = 0; i < 2; i++) {
		char etag[150], field[300];
		struct rig_reply *r =
		    ask(paths[i], "Accept-Encoding: zstd\r\n");

		snprintf(etag, sizeof(etag), "%.*s",
		    SLICE_FMT(rig_header(r, "ETag")));
		snprintf(field, sizeof(field),
		    "Accept-Encoding: zstd\r\nIf-None-Match: %s\r\n", etag);
		r = ask(paths[i], field);
		cr_expect_eq(r->status, 304);
		cr_expect(slice_is(rig_header(r, "ETag"), etag));
		cr_expect(slice_is(rig_header(r, "Vary"), "Accept-Encoding"));
		cr_expect(rig_header(r, "Content-Encoding").p == NULL);
		snprintf(field, sizeof(field),
		    "Accept-Encoding: br\r\nIf-None-Match: %s\r\n", etag);
		cr_expect_eq(ask(paths[i], field)->status, 200);
		snprintf(field, sizeof(field), "If-None-Match: %s\r\n", etag);
		cr_expect_eq(ask(paths[i], field)->status, 200);
	}
}

/* A part is of the file itself, whatever the client could read. */
Test(site_compress, ranges)
{
	char etag[150], field[300];
	struct rig_reply *r =
	    ask("/app.js", "Accept-Encoding: zstd\r\nRange: bytes=5-9\r\n");

	cr_expect_eq(r->status, 206);
	cr_expect(rig_header(r, "Content-Encoding").p == NULL);
	cr_expect(slice_is(rig_header(r, "Content-Range"), "bytes 5-9/200000"));
	cr_expect(r->body.n == 5 && memcmp(r->body.p, text + 5, 5) == 0);
	snprintf(etag, sizeof(etag), "%.*s", SLICE_FMT(rig_header(r, "ETag")));
	cr_expect_eq(etag[0], '"');
	snprintf(field, sizeof(field),
	    "Accept-Encoding: zstd\r\nRange: bytes=5-9\r\nIf-Range: %s\r\n",
	    etag);
	cr_expect_eq(ask("/app.js", field)->status, 206);
	snprintf(field, sizeof(field),
	    "Accept-Encoding: zstd\r\nIf-Match: %s\r\n", etag);
	cr_expect_eq(ask("/app.js", field)->status, 200);
	/* A weak tag never lets a part count. */
	r = ask("/app.js", "Accept-Encoding: zstd\r\n");
	cr_expect(rig_header(r, "Accept-Ranges").p == NULL);
	snprintf(field, sizeof(field),
	    "Accept-Encoding: zstd\r\nRange: bytes=5-9\r\nIf-Range: %.*s\r\n",
	    SLICE_FMT(rig_header(r, "ETag")));
	r = ask("/app.js", field);
	cr_expect_eq(r->status, 200);
	expect_whole(r, SIZE);
}

Test(site_compress, head_says_what_get_would)
{
	static const char *const fields[] = { "Content-Length", "ETag",
		"Content-Encoding", "Vary", "Content-Type" };
	char said[5][150];
	struct rig_reply *r = ask("/app.js", "Accept-Encoding: br\r\n"), head;
	int fd;

	for (size_t i = 0; i < 5; i++)
		snprintf(said[i], sizeof(said[i]), "%.*s",
		    SLICE_FMT(rig_header(r, fields[i])));
	fd = rig_open(server, "http");
	cr_assert(rig_send(fd,
	    "HEAD /app.js" H "Accept-Encoding: br\r\n\r\n"
	    "HEAD /large.json" H "Accept-Encoding: br\r\n\r\n"));
	cr_assert(rig_reply(fd, &head, true));
	for (size_t i = 0; i < 5; i++)
		cr_expect(slice_is(rig_header(&head, fields[i]), said[i]), "%s",
		    fields[i]);
	rig_reply_free(&head);
	cr_assert(rig_reply(fd, &head, true));
	cr_expect(slice_is(rig_header(&head, "Content-Encoding"), "br"));
	cr_expect(rig_header(&head, "Content-Length").p == NULL);
	close(fd);
}

/* On one connection: what was made is kept, and made anew after a change. */
Test(site_compress, a_change_is_seen)
{
	static const char request[] =
	    "GET /app.js" H "Accept-Encoding: gzip\r\n\r\n";
	int fd = rig_open(server, "http");
	struct rig_reply r;

	for (int i = 0; i < 3; i++) {
		cr_assert(rig_send(fd, request));
		cr_assert(rig_reply(fd, &r, false));
		expect_whole(&r, SIZE);
		rig_reply_free(&r);
	}
	write_part("app.js", SIZE / 2);
	cr_assert(rig_send(fd, request));
	cr_assert(rig_reply(fd, &r, false));
	expect_whole(&r, SIZE / 2);
	close(fd);
}

Test(site_compress, to_http_1_0_the_end_is_the_end)
{
	struct rig_reply r;

	cr_assert(rig_ask(rig_address(server, "http"),
	    "GET /large.json HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n", &r));
	cr_expect(rig_header(&r, "Transfer-Encoding").p == NULL);
	cr_expect(slice_is(rig_header(&r, "Connection"), "close"));
	expect_whole(&r, LARGE);
}

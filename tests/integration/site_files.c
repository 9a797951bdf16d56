/*
 * site_files.c - what berth-httpd does with files: conditions, ranges,
 * changes.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"
#include "site_ask.h"

#define BIG       200000 /* beyond what is kept in memory */
#define BEYOND_4G 5000000000LL

static const char *dir;

static void
start(void)
{
	dir = rig_place();
	rig_file_pattern(dir, "small.bin", 1000);
	rig_file_pattern(dir, "big.bin", BIG);
	rig_pause_ms(40); /* a file has its lasting ETag after 20 ms */
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--log-format", "json", "--cache", "60", dir));
}

TestSuite(site_files, .init = start);

Test(site_files, whole)
{
	struct rig_reply *r = ask("/big.bin", "");

	cr_expect(r->status == 200 && r->body.n == BIG);
	cr_expect(rig_is_pattern(r->body, 0));
	cr_expect(slice_is(
	    rig_header(r, "Content-Type"), "application/octet-stream"));
	cr_expect(slice_is(rig_header(r, "Cache-Control"), "max-age=60"));
	r = ask("/small.bin", "");
	cr_expect(r->status == 200 && r->body.n == 1000);
	cr_expect(rig_is_pattern(r->body, 0));
}

Test(site_files, ranges)
{
	static const char *const files[] = { "/small.bin", "/big.bin" };
	static const char value[] = "bytes 10-19/";

	for (size_t i = 0; i < 2; i++) {
		struct rig_reply *r = ask(files[i], "Range: bytes=10-19\r\n");

		cr_expect(r->status == 206 && r->body.n == 10);
		cr_expect(rig_is_pattern(r->body, 10));
		cr_expect(has(rig_header(r, "Content-Range"), value));
		r = ask(files[i], "Range: bytes=-5\r\n");
		cr_expect(r->status == 206 && r->body.n == 5);
		cr_expect(rig_is_pattern(r->body, (i == 0 ? 1000 : BIG) - 5));
	}
}

/* Every part in its place, every byte where it says it is. */
Test(site_files, many_ranges)
{
	static const char *const files[] = { "/small.bin", "/big.bin" };

	for (size_t i = 0; i < 2; i++) {
		struct rig_reply *r =
		    ask(files[i], "Range: bytes=900-909, 0-4,100-149\r\n");
		struct slice type = rig_header(r, "Content-Type"), rest;
		static const size_t first[] = { 900, 0, 100 };
		static const size_t count[] = { 10, 5, 50 };
		char line[128];

		cr_assert(r->status == 206);
		cr_assert(
		    slice_starts(type, "multipart/byteranges; boundary="));
		rest = r->body;
		for (size_t part = 0; part < 3; part++) {
			const char *body;

			snprintf(line, sizeof(line),
			    "Content-Range: bytes %zu-%zu/%d\r\n\r\n",
			    first[part], first[part] + count[part] - 1,
			    i == 0 ? 1000 : BIG);
			body = memmem(rest.p, rest.n, line, strlen(line));
			cr_assert(body != NULL, "%s", line);
			body += strlen(line);
			cr_expect(rig_is_pattern(
			    (struct slice){ body, count[part] }, first[part]));
			rest =
			    slice_between(body + count[part], rest.p + rest.n);
			cr_expect(slice_starts(rest, "\r\n--"));
		}
		slice_cut(&type, '=');
		snprintf(
		    line, sizeof(line), "\r\n--%.*s--\r\n", SLICE_FMT(type));
		cr_expect(slice_is(rest, line), "nothing behind the end");
	}
}

Test(site_files, beyond_four_gigabytes)
{
	int fd =
	    open(rig_in(dir, "huge.bin"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	struct rig_reply *r;

	cr_assert(ftruncate(fd, BEYOND_4G) == 0);
	cr_assert(pwrite(fd, "end", 3, BEYOND_4G - 3) == 3);
	close(fd);
	r = ask("/huge.bin", "Range: bytes=4999999997-\r\n");
	cr_expect(r->status == 206 && slice_is(r->body, "end"));
	cr_expect(slice_is(rig_header(r, "Content-Range"),
	    "bytes 4999999997-4999999999/5000000000"));
	r = ask("/huge.bin", "Range: bytes=4294967296-4294967299,-3\r\n");
	cr_expect(r->status == 206);
	cr_expect(has(r->body, "bytes 4294967296-4294967299/5000000000"));
}

Test(site_files, conditions)
{
	struct rig_reply *r = ask("/small.bin", "");
	char etag[128], date[64], fields[512];

	snprintf(etag, sizeof(etag), "%.*s", SLICE_FMT(rig_header(r, "ETag")));
	snprintf(date, sizeof(date), "%.*s",
	    SLICE_FMT(rig_header(r, "Last-Modified")));
	cr_assert(etag[0] == '"');
	snprintf(fields, sizeof(fields), "If-None-Match: W/%s\r\n", etag);
	r = ask("/small.bin", fields);
	cr_expect(r->status == 304 && r->body.n == 0);
	cr_expect(slice_is(rig_header(r, "ETag"), etag));
	cr_expect(rig_header(r, "Content-Length").p == NULL);
	cr_expect(rig_header(r, "Content-Type").p == NULL);
	snprintf(fields, sizeof(fields), "If-Modified-Since: %s\r\n", date);
	cr_expect(ask("/small.bin", fields)->status == 304);
	snprintf(fields, sizeof(fields), "If-Match: %s\r\n", etag);
	cr_expect(ask("/small.bin", fields)->status == 200);
	snprintf(fields, sizeof(fields), "If-Range: %s\r\nRange: bytes=0-0\r\n",
	    etag);
	cr_expect(ask("/small.bin", fields)->status == 206);
	rig_file(dir, "small.bin", "changed");
	r = ask("/small.bin", fields);
	cr_expect(r->status == 200 && slice_is(r->body, "changed"));
}

/* A file that changes is never served from memory as it was. */
Test(site_files, changes_are_seen_on_one_connection)
{
	int fd = rig_open(server, "http");
	struct rig_reply r;
	char text[32];

	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "version %d", i);
		rig_file(dir, "new.txt", text);
		rename(rig_in(dir, "new.txt"), rig_in(dir, "now.txt"));
		for (int twice = 0; twice < 2; twice++) {
			cr_assert(rig_get_on(fd, "/now.txt", &r));
			cr_expect(r.status == 200 && slice_is(r.body, text));
			rig_reply_free(&r);
		}
	}
	unlink(rig_in(dir, "now.txt"));
	cr_assert(rig_get_on(fd, "/now.txt", &r));
	cr_expect(r.status == 404);
	cr_assert_eq(symlink("/etc/passwd", rig_in(dir, "now.txt")), 0);
	cr_assert(rig_get_on(fd, "/now.txt", &r));
	cr_expect(r.status == 403);
	close(fd);
}

/*
 * Written in place, again and again, the same size each time and faster than
 * the clock of the file system: what is on the disk is what is served, and no
 * two texts have the same ETag.
 */
Test(site_files, changes_within_a_tick_are_seen)
{
	int file =
	    open(rig_in(dir, "tick.txt"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	int fd = rig_open(server, "http");
	char text[5], etag[128] = "", last[128] = "";
	struct rig_reply r;

	cr_assert(file >= 0);
	for (int i = 1000; i < 1300; i++) {
		snprintf(text, sizeof(text), "%d", i);
		cr_assert(pwrite(file, text, 4, 0) == 4);
		cr_assert(rig_get_on(fd, "/tick.txt", &r));
		cr_expect(slice_is(r.body, text), "%s", text);
		snprintf(etag, sizeof(etag), "%.*s",
		    SLICE_FMT(rig_header(&r, "ETag")));
		cr_expect_str_neq(etag, last);
		strcpy(last, etag);
		rig_reply_free(&r);
	}
	close(file);
	close(fd);
}

/* Builds that can be reproduced set one time for all files. */
Test(site_files, same_size_and_same_time_is_not_the_same)
{
	char fields[256];
	struct rig_reply *r;

	rig_file(dir, "app.js", "version 1");
	rig_touch(dir, "app.js", 1000000000);
	rig_pause_ms(40);
	r = ask("/app.js", "");
	snprintf(fields, sizeof(fields), "If-None-Match: %.*s\r\n",
	    SLICE_FMT(rig_header(r, "ETag")));
	cr_expect_eq(ask("/app.js", fields)->status, 304);
	/* In place, so that it is the same inode too. */
	rig_file(dir, "app.js", "version 2");
	rig_touch(dir, "app.js", 1000000000);
	rig_pause_ms(40);
	r = ask("/app.js", fields);
	cr_expect(r->status == 200 && slice_is(r->body, "version 2"));
}

/* RFC 9110 8.8.2.1; again if a second ended meanwhile. */
Test(site_files, a_file_of_tomorrow)
{
	struct rig_reply *r;
	char fields[256];
	bool same = false;

	rig_file(dir, "early.txt", "early");
	rig_touch(dir, "early.txt", 4000000000);
	rig_pause_ms(40);
	for (int i = 0; i < 3 && !same; i++) {
		r = ask("/early.txt", "");
		same = slice_eq(
		    rig_header(r, "Last-Modified"), rig_header(r, "Date"));
	}
	cr_expect(same);
	snprintf(fields, sizeof(fields), "If-None-Match: %.*s\r\n",
	    SLICE_FMT(rig_header(r, "ETag")));
	cr_expect_eq(ask("/early.txt", fields)->status, 304);
}

Test(site_files, a_range_of_nothing)
{
	struct rig_reply *r;

	rig_file(dir, "empty.bin", "");
	r = ask("/empty.bin", "Range: bytes=0-99\r\n");
	cr_expect(r->status == 200 && r->body.n == 0);
	cr_expect(slice_is(rig_header(r, "Content-Length"), "0"));
}

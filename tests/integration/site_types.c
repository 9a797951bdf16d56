/*
 * site_types.c - what a browser is told of a file: an encoding only if it is
 * that, text that people read as text, and a script as a script.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"
#include "site_ask.h"

#define TRIES 5 /* where a child was not the zygote's */

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

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#else
#define SANITIZED false
#endif

static void
make_file(const char *name, struct slice bytes)
{
	int fd = open(rig_in(dir, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
	close(fd);
}

/* A number of proc(5)'s stat, which anybody may read: minor faults. */
static long
faults(pid_t pid)
{
	char path[64];
	struct buf b;
	long n = -1;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	buf_init(&b, 4096);
	if (rig_slurp(path, &b) == 0)
		sscanf(strrchr(buf_str(&b), ')'),
		    ") %*c %*d %*d %*d %*d %*d %*u %ld", &n);
	buf_free(&b);
	return n;
}

/* KiB that the process has of this kind, or 0. */
static long
kib_of(pid_t pid, const char *word)
{
	char path[64];
	struct buf b;
	long kib = 0;
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	buf_init(&b, 4096);
	if (rig_slurp(path, &b) == 0 &&
	    (at = strstr(buf_str(&b), word)) != NULL)
		kib = strtol(at + strlen(word), NULL, 10);
	buf_free(&b);
	return kib;
}

/* Has the master its database of libmagic in huge pages? */
static bool
has_huge_pages(const struct rig *r)
{
	return kib_of(rig_pid(r), "AnonHugePages:") +
	    kib_of(rig_pid(r), "ShmemPmdMapped:") >=
	    8192;
}

/* A fresh child's first look at a file; the faults that it costs. */
static long
first_look(struct rig *r, const char *path, const char *type)
{
	int fd = rig_open(r, "http");
	struct rig_reply reply;
	pid_t child = 0;
	long before, cost;

	cr_assert(rig_get_on(fd, "/known.html", &reply));
	rig_reply_free(&reply);
	cr_assert(rig_children_become(rig_pid(r), 1, 1));
	cr_assert_eq(rig_children(rig_pid(r), &child, 1), 1);
	before = faults(child);
	cr_assert(rig_get_on(fd, path, &reply));
	cr_expect(slice_is(rig_header(&reply, "Content-Type"), type));
	rig_reply_free(&reply);
	cost = faults(child) - before;
	close(fd);
	cr_assert(rig_all_gone(&child, 1, rig_patience_ms()));
	return cost;
}

/*
 * The common kinds cost next to nothing, and what only libmagic knows does not
 * cost the time of reading its database.  A child may be the master's own, where
 * the zygote took its time.
 */
Test(site_types, a_first_look_is_cheap)
{
	static const struct {
		const char *path, *type;
		struct slice bytes;
		long most;
	} rows[] = {
		{ "/plain", "text/plain; charset=utf-8", SLICE("words\n"), 20 },
		{ "/png", "image/png", SLICE("\x89PNG\r\n\x1a\n\0\0\0\r"), 20 },
		{ "/other", "application/octet-stream",
		    SLICE("\1\2\3\0\xfe\xdc\xba\0\7\6\5"), 60 },
	};

	struct rig *r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--max-children", "1", "--min-idle", "1", "--max-idle", "1", dir));
	bool cheap = has_huge_pages(r) && !SANITIZED;

	rig_file(dir, "known.html", "<p>");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		long most = cheap ? rows[i].most : 10 * rows[i].most;
		long cost = LONG_MAX;

		make_file(rows[i].path + 1, rows[i].bytes);
		for (int tries = 0; cost > most && tries < TRIES; tries++)
			cost = first_look(r, rows[i].path, rows[i].type);
		cr_expect_leq(cost, most, "%s: %ld", rows[i].path, cost);
	}
	cr_expect_eq(rig_stop(r), 0);
}

/*
 * site_faults.c - files beside the site that are wrong or missing: those that
 * stop the start, and those that are done without.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "rig/rig.h"

/* Its slices are good until the next. */
static const struct rig_reply *
get(struct rig *s, const char *path)
{
	static struct rig_reply r;
	char request[1024];

	snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
	cr_expect(rig_ask(rig_address(s, "http"), request, &r), "%s", path);
	return &r;
}

Test(site_faults, users_that_cannot_be_read)
{
	const char *dir = rig_place();
	const char *much = rig_file_pattern(dir, "much", (1 << 20) + 1);
	const struct {
		const char *file, *says;
	} rows[] = {
		{ rig_file(dir, "u1", "# users\n\nann:{PLAIN}x\n:y\n"),
		    "u1:4: not USER:HASH" },
		{ rig_file(dir, "u2", "ann\n"), "u2:1: not USER:HASH" },
		{ rig_file(dir, "u3", "ann:\n"), "u3:1: not USER:HASH" },
		{ dir, ": Is a directory" },
		{ much, "much: more than a megabyte" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *s = rig_run(RIG("berth-httpd", "-l", "127.0.0.1:0",
		    "--auth", rows[i].file, dir));

		cr_expect_eq(rig_wait(s), 78, "row %zu", i);
		cr_expect_eq(rig_count(s, rows[i].says), 1, "row %zu: %s", i,
		    rig_err(s));
	}
}

/* The types of files without a known extension come from libmagic. */
Test(site_faults, without_the_database_of_types)
{
	const char *dir = rig_place();
	const char *bad = rig_file(dir, "bad.mgc", "no database");
	const struct {
		const char *magic, *says;
	} rows[] = {
		{ "MAGIC=/nonexistent", "no database of libmagic" },
		{ NULL, "libmagic: " },
	};

	rig_file(dir, "words", "Hello\n");
	rig_file_bytes(dir, "bytes", "\0\1\2", 3);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char magic[4096];
		const char *const env[] = { magic, NULL };
		const struct rig_reply *r;
		struct rig *s;

		snprintf(magic, sizeof(magic), "MAGIC=%.*s",
		    (int)strlen(bad) - 4, bad);
		if (rows[i].magic != NULL)
			snprintf(magic, sizeof(magic), "%s", rows[i].magic);
		s = rig_start_how(&(struct rig_how){
		    .argv = RIG("berth-httpd", "-l", "127.0.0.1:0", dir),
		    .env = env });
		cr_expect(rig_hear(s, rows[i].says), "row %zu", i);
		r = get(s, "/words");
		cr_expect(r->status == 200 &&
		    slice_starts(rig_header(r, "Content-Type"), "text/plain"));
		r = get(s, "/bytes");
		cr_expect(r->status == 200 &&
		    slice_is(rig_header(r, "Content-Type"),
			"application/octet-stream"));
		cr_expect_eq(
		    rig_count(s, "libmagic: "), 1, "said once, by the master");
		cr_expect_eq(rig_stop(s), 0);
	}
}

static const char *const levels[] = { "fork", "reuse", "exec" };

/*
 * Somebody edits the rules while the server runs: each visitor has a process of
 * its own that reads them anew, and what is wrong with them is told once.
 */
static void
see_told_once(const char *isolation)
{
	const char *dir = rig_place();
	struct rig *s;

	rig_file(dir, "f", "x");
	rig_file(dir, "_headers", "/*\n  A: b\n");
	s = rig_start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--isolation", isolation, dir));
	for (size_t change = 1; change <= 3; change++) {
		rig_file(dir, "_headers",
		    change == 2 ? "more nonsense\n" : "nonsense\n");
		rig_file(dir, "_redirects",
		    change == 2 ? "/nowhere/else\n" : "/nowhere\n");
		for (int i = 0; i < 12; i++)
			cr_expect_eq(get(s, "/f")->status, 200);
		cr_expect(rig_hear_times(s, "_headers:1: ", change));
		cr_expect(rig_hear_times(s, "_redirects:1: ", change));
	}
	/* What starts again says what it finds: the check, and the new image. */
	rig_signal(s, SIGHUP);
	cr_assert(rig_hear_times(s, "_headers:1: ", 5));
	for (int i = 0; i < 12; i++)
		cr_expect_eq(get(s, "/f")->status, 200);
	cr_expect_eq(rig_stop(s), 0);
	cr_expect_eq(
	    rig_count(s, "_headers:1: "), 5, "%s: %s", isolation, rig_err(s));
	cr_expect_eq(
	    rig_count(s, "_redirects:1: "), 5, "%s: %s", isolation, rig_err(s));
}

Test(site_faults, of_rules_are_told_once_a_change)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		see_told_once(levels[i]);
}

/* A rule file that changed just now is read again, and its faults are told. */
static bool
is_of_old(void *path)
{
	struct timespec now;
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &now);
	return stat(path, &st) == 0 && now.tv_sec > st.st_ctim.tv_sec + 10;
}

/*
 * With --isolation exec each child reads again what its master has read; it does
 * not say again what is wrong with it.
 */
Test(site_faults, are_told_once_a_start)
{
	const char *dir = rig_place();
	const char *bad = rig_file(dir, "bad.mgc", "no database");
	const char *headers = rig_file(dir, "_headers", "nonsense\n");
	static const char *const told[] = {
		"_headers:1: ", "_redirects:1: ", "libmagic: "
	};
	char magic[4096];
	const char *const env[] = { magic, NULL };
	struct rig *s;

	snprintf(magic, sizeof(magic), "MAGIC=%.*s", (int)strlen(bad) - 4, bad);
	rig_file(dir, "_redirects", "/nowhere\n");
	rig_file_bytes(dir, "bytes", "\0\1\2", 3);
	cr_assert(rig_within(60000, is_of_old, (void *)headers));
	s = rig_start_how(
	    &(struct rig_how){ .argv = RIG("berth-httpd", "-l", "127.0.0.1:0",
				   "--isolation", "exec", dir),
		.env = env });
	for (int i = 0; i < 6; i++)
		cr_expect_eq(get(s, "/bytes")->status, 200);
	cr_expect_eq(rig_stop(s), 0);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		cr_expect_eq(
		    rig_count(s, told[i]), 1, "%s: %s", told[i], rig_err(s));
}

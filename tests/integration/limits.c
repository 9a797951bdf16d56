/*
 * Limits of the process that somebody set before a server was started (ulimit,
 * LimitXXX= of a unit): it works, or says at once which it is.
 */
#include <criterion/criterion.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "rig/h2.h"
#include "rig/http.h"
#include "rig/place.h"
#include "rig/restored.h"
#include "rig/rig.h"
#include "rig/smtp.h"

#define MANY 300

/* A site whose listing is long, and answers from it. */
static const char *
site(void)
{
	const char *dir = rig_place();
	char name[64];

	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many/a-file-of-many-%04d.txt", i);
		rig_file(dir, name, "");
	}
	return rig_in(dir, "many");
}

static bool
list(struct rig *r)
{
	struct rig_reply reply;
	bool good = rig_get(rig_address(r, "http"), "/", &reply) &&
	    reply.status == 200 && reply.body.n > 10000;

	rig_reply_free(&reply);
	return good;
}

/* limit is a line of a shell; words are of berth-httpd. */
static struct rig *
start_site(const char *limit, const char *words)
{
	char line[512];

	snprintf(line, sizeof(line), "%s; exec \"$0\" -l 127.0.0.1:0 %s \"$1\"",
	    limit, words);
	return rig_start(
	    RIG("/bin/sh", "-c", line, rig_path("berth-httpd"), site()));
}

static void
expect_raised(struct rig *r, enum __rlimit_resource what, rlim_t least)
{
	struct rlimit l;

	cr_assert_eq(prlimit(rig_pid(r), what, NULL, &l), 0);
	cr_expect_geq(l.rlim_cur, l.rlim_max < least ? l.rlim_max : least,
	    "limit %d: %llu", (int)what, (unsigned long long)l.rlim_cur);
}

Test(limits, soft_ones_are_raised)
{
	struct rig *r = start_site(
	    "ulimit -S -t 1 && ulimit -S -s 300 && ulimit -S -n 100 && "
	    "prlimit --pid $$ --nproc=100:",
	    "");

	expect_raised(r, RLIMIT_CPU, RLIM_INFINITY);
	expect_raised(r, RLIMIT_NPROC, RLIM_INFINITY);
	expect_raised(r, RLIMIT_STACK, 8192L * 1024);
	expect_raised(r, RLIMIT_NOFILE, 65536);
	cr_expect(list(r));
	/* What cannot be met is not spoken of. */
	cr_expect_null(strstr(rig_err(r), "ulimit"), "%s", rig_err(r));
	cr_assert_eq(rig_stop(r), 0);
}

/* One process has them all, for longer than the time that it was left. */
static void
see_none_cut(const char *limit, const char *words)
{
	struct rig *r = start_site(limit, words);

	for (int i = 0; i < 1500; i++)
		cr_assert(list(r), "%s: the %dth: %s", words, i, rig_err(r));
	cr_expect_null(strstr(rig_err(r), "SIGXCPU"), "%s", rig_err(r));
	cr_assert_eq(rig_stop(r), 0);
}

Test(limits, a_soft_one_of_time_cuts_no_client)
{
	see_none_cut("ulimit -S -t 1",
	    "-q --no-sandbox --isolation reuse --max-children 2 "
	    "--min-idle 1 --max-idle 1");
}

/* Its hard limit is far, and it could run into the soft one. */
Test(limits, nor_one_of_a_child_that_is_put_back)
{
	ONLY_WHERE_RESTORED;
	see_none_cut("ulimit -S -t 1 && ulimit -H -t 20",
	    "-q --isolation restore --max-children 2 --min-idle 1 "
	    "--max-idle 1");
}

Test(limits, who_cannot_be_put_back_is_told_why)
{
	struct rig *r;

	ONLY_WHERE_RESTORED;
	r = start_site("ulimit -s 600", "--isolation restore");
	cr_expect(rig_hear(r, "each client gets a fork"));
	cr_expect_not_null(strstr(rig_err(r), "ulimit -s"), "%s", rig_err(r));
	cr_expect(list(r));
	cr_expect(list(r));
	cr_assert_eq(rig_stop(r), 0);
}

Test(limits, what_cannot_begin_is_named)
{
	static const struct {
		const char *limit, *said;
	} rows[] = {
		{ "ulimit -s 100", "256 KiB at least (ulimit -s)" },
		{ "ulimit -n 200", "288 at least (ulimit -n)" },
		{ "ulimit -f 4", "131072 at least (ulimit -f)" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[256];
		struct rig *r;

		snprintf(line, sizeof(line), "%s; exec \"$0\" -l 127.0.0.1:0",
		    rows[i].limit);
		r = rig_run(
		    RIG("/bin/sh", "-c", line, rig_path("berth-upperd")));
		cr_expect_eq(rig_wait(r), 71, "%s: %s", line, rig_err(r));
		cr_expect(
		    rig_hear(r, rows[i].said), "%s: %s", line, rig_err(r));
	}
}

/* Where not even that can be written, it is no death by a signal. */
Test(limits, a_file_that_takes_no_words_is_no_fault)
{
	char line[512];
	struct rig *r;

	snprintf(line, sizeof(line),
	    "ulimit -f 0; exec \"$0\" -l 127.0.0.1:0 2>%s",
	    rig_in(rig_place(), "log"));
	r = rig_run(RIG("/bin/sh", "-c", line, rig_path("berth-upperd")));
	cr_expect_eq(rig_wait(r), 71);
}

static bool
deliver(int fd, int lines)
{
	char line[103];

	memset(line, 'x', 100);
	memcpy(line + 100, "\r\n", 3);
	if (!rig_smtp(fd, "MAIL FROM:<a@b>", "250") ||
	    !rig_smtp(fd, "RCPT TO:<c@d>", "250") ||
	    !rig_smtp(fd, "DATA", "354"))
		return false;
	while (lines-- > 0)
		if (!rig_send(fd, line))
			return false;
	return true;
}

/* Files may have 128 KiB: the server goes on when its log has so many, and says
 * how much is missing. */
Test(limits, a_log_that_may_not_grow_stops_nobody)
{
	const char *place = rig_place();
	char line[512], name[256] = "HELO ";
	struct rig *r;
	int fd;

	for (int i = 5; i < 245; i++)
		name[i] = i % 40 == 0 ? '.' : 'x'; /* lines are long */

	snprintf(line, sizeof(line),
	    "ulimit -f 256; exec \"$0\" -l 127.0.0.1:0 --access-log %s/log "
	    "%s/mail",
	    place, place);
	r = rig_start(RIG("/bin/sh", "-c", line, rig_path("berth-smtpd")));
	cr_expect(rig_hear(r, "(ulimit -f): mails and uploads beyond it"));
	fd = rig_open(r, "smtp");
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, name, "250"));
	for (int i = 0; i < 600; i++) {
		cr_assert(deliver(fd, 1), "the %dth", i);
		cr_assert(rig_smtp(fd, ".", "250"), "the %dth", i);
	}
	cr_assert(deliver(fd, 1500));
	cr_assert(rig_smtp(fd, ".", "452"));
	cr_expect(rig_hear(r, "lines dropped: File too large"));
	cr_assert_eq(rig_stop(r), 0);
}

#ifndef BERTH_ASAN /* which needs much of both */
/* Down to the limit that is named, the deepest conversation has room. */
Test(limits, a_small_stack_is_enough)
{
	struct rig *r = start_site("ulimit -s 256", "");
	int fd = rig_open(r, "http");
	struct rig_h2 *h2 = rig_h2_open(fd);

	cr_expect(list(r));
	cr_assert(rig_h2_get(h2, 1, "/"));
	cr_assert(rig_h2_until(h2, 1));
	cr_expect_gt(rig_h2_of(h2, 1)->body.n, 10000);
	cr_expect_null(strstr(rig_err(r), "SIGSEGV"), "%s", rig_err(r));
	cr_assert_eq(rig_stop(r), 0);
}

/* Forty megabytes of addresses hold a mail of any length, and a site. */
Test(limits, little_memory_is_enough)
{
	char line[512];
	struct rig *r = start_site("ulimit -v 40000", "");
	int fd;

	cr_expect(list(r), "%s", rig_err(r));
	cr_assert_eq(rig_stop(r), 0);
	snprintf(line, sizeof(line),
	    "ulimit -v 40000; exec \"$0\" -l 127.0.0.1:0 %s/mail", rig_place());
	r = rig_start(RIG("/bin/sh", "-c", line, rig_path("berth-smtpd")));
	fd = rig_open(r, "smtp");
	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "HELO x", "250"));
	cr_assert(deliver(fd, 150000));
	cr_expect(rig_smtp(fd, ".", "250"));
	cr_assert_eq(rig_stop(r), 0);
}
#endif

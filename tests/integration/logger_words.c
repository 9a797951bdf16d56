/*
 * logger_words.c - the log and a child that was taken over: what it can put
 * there, and what it can do to others' lines.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "grammar/log_line.h"
#include "logger_child.h"
#include "rig/main.h"

Test(logger, a_child_has_nothing_else_of_the_log)
{
	const char *log = rig_in(rig_place(), "log");

	for (size_t i = 0; i < WAYS; i++) {
		struct rig *r = faulty_start(RIG("--access-log", log, ways[i]));
		int fd = rig_open(r, FAULTY);
		char path[64], to[256];

		cr_expect_str_eq(ask(fd, "descriptors\n"), "null null socket ");
		for (int n = 0; n < 256; n++) {
			ssize_t got;

			snprintf(path, sizeof(path), "/proc/%ld/fd/%d",
			    pid_of(fd), n);
			got = readlink(path, to, sizeof(to) - 1);
			if (got < 0)
				break;
			to[got] = '\0';
			cr_expect_null(strstr(to, "/log"), "%d: %s", n, to);
			cr_expect_null(strstr(to, "stderr"), "%d: %s", n, to);
		}
		close(fd);
		cr_assert_eq(rig_stop(r), 0);
	}
}

Test(logger, what_it_does_to_its_own_nobody_else_notices)
{
	for (size_t i = 0; i < WAYS; i++) {
		int ends[2], fd, other;
		struct rig *r;
		struct buf all;

		rig_pair(ends); /* as under systemd */
		r = faulty_start_on(ends[1], RIG(ways[i]));
		close(ends[1]);
		fd = rig_open(r, FAULTY);
		other = rig_open(r, FAULTY);
		cr_expect_str_eq(ask(fd, "spoil\n"), "spoilt");
		cr_expect_str_eq(say(other, "words", "still here"), "written");
		buf_init(&all, 1 << 20);
		cr_expect(rig_read_through(ends[0], &all, "still here\n"));
		rig_signal(r, SIGHUP);
		cr_expect(rig_read_through(ends[0], &all, "reloading\n"));
		close(fd);
		close(other);
		cr_assert_eq(rig_stop(r), 0);
		buf_free(&all);
	}
}

/* A terminal's typing, for one, is on standard error as well. */
Test(logger, it_reads_nobodys_typing)
{
	int ends[2], fd;
	struct rig *r;

	rig_pair(ends);
	r = faulty_start_on(ends[1], NULL);
	cr_assert(rig_send(ends[0], "a password\n"));
	fd = rig_open(r, FAULTY);
	cr_expect_str_eq(ask(fd, "spoil\n"), "spoilt");
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(logger, words_are_harmless_lines_of_its_own)
{
	static const struct {
		const char *bytes, *line;
	} rows[] = {
		{ "plain", "plain" },
		{ "\x1b[2J\x1b]0;x\a\b\r", "\\x1b[2J\\x1b]0;x\\x07\\x08\\x0d" },
		{ ("\xc2\x9b"
		   "31m \xff\xfe \xe2\x80\xae \xe2\x80\xac"),
		    "\\xc2\\x9b31m \\xff\\xfe \\xe2\\x80\\xae "
		    "\\xe2\\x80\\xac" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "faulty[1]: the master says", "the master says" },
		{ "faulty: reloading", "reloading" },
	};
	struct rig *r = faulty_start(NULL);
	int fd = rig_open(r, FAULTY);
	long pid = pid_of(fd);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_str_eq(say(fd, "words", rows[i].bytes), "written");
		cr_expect(line_of(r, pid, rows[i].line), "%zu", i);
	}
	say(fd, "words", "one\nfaulty: two\n\nthree");
	cr_expect(line_of(r, pid, "one"));
	cr_expect(line_of(r, pid, "two"));
	cr_expect(line_of(r, pid, "three"));
	cr_expect_null(strstr(rig_err(r), "\nfaulty: two"));
	cr_expect_null(strchr(rig_err(r), '\x1b'));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(logger, it_cannot_speak_for_another)
{
	struct rig *r = faulty_start(NULL);
	int fd = rig_open(r, FAULTY);
	long pid = pid_of(fd);

	cr_expect_str_eq(say(fd, "forge", "in the master's name"), "EPERM");
	say(fd, "words", "last");
	cr_expect(line_of(r, pid, "last"));
	cr_expect_null(strstr(rig_err(r), "master's name"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(logger, a_line_is_cut)
{
	struct rig *r = faulty_start(NULL);
	int fd = rig_open(r, FAULTY);
	char words[8001];
	const char *line;

	memset(words, 'x', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	say(fd, "words", words);
	cr_assert(rig_hear(r, "xxx...\n"));
	line = strstr(rig_err(r), "\nfaulty[") + 1;
	cr_expect_eq(strchr(line, '\n') + 1 - line, LOG_LINE_MAX);
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

/* What has not the logger's time in it once is no line of the access log. */
Test(logger, lines_of_the_access_log_have_the_loggers_time)
{
	static const char *const lies[] = {
		"1.2.3.4 - - [01/Jan/1970:00:00:00 +0000] \"GET /\" 200 1",
		"1.2.3.4 - - [\2] \"GET /\" 200 1 [\2]",
		"1.2.3.4 \2 - - [01/Jan/1970:00:00:00 +0000] \"GET /\" 200 1",
		"{\2,\"client\":\"1.2.3.4\",\"pid\":1}",
		"{\2,\"client\":\"1.2.3.4\",\"\\u0070id\":1}",
		"{\2,\"client\":\"1.2.3.4\"}{\"pid\":1}",
		"{\2,\"a\":\"1.2.3.4",
		"",
	};
	const char *log = rig_in(rig_place(), "log");
	struct rig *r = faulty_start(RIG("--access-log", log));
	int fd = rig_open(r, FAULTY);
	char want[64];
	struct buf b;
	long pid = pid_of(fd);

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		cr_expect_str_eq(say(fd, "log", lies[i]), "written");
	say(fd, "log", "1.2.3.4 - [01/Jan/1970] [\2] \"GET /\" 200 1");
	say(fd, "log", "{\2,\"client\":\"1.2.3.4\",\"port\":1}");
	say(fd, "words", "done");
	cr_assert(line_of(r, pid, "done"));
	cr_expect(rig_count(r, "\\x01") == sizeof(lies) / sizeof(lies[0]));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
	buf_init(&b, 1 << 20);
	cr_assert_eq(rig_slurp(log, &b), 0);
	cr_expect(
	    strncmp(buf_str(&b), "1.2.3.4 - \\x5b01/Jan/1970\\x5d [", 29) == 0,
	    "%s", buf_str(&b));
	snprintf(want, sizeof(want),
	    "\"pid\":%ld,\"client\":\"1.2.3.4\",\"port\":1}\n", pid);
	cr_expect_not_null(strstr(buf_str(&b), want), "%s", buf_str(&b));
	cr_expect_null(strstr(buf_str(&b), "1970:"));
	buf_free(&b);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

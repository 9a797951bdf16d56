/*
 * logger.c - the log and a child that was taken over: what it can put there,
 * what it can do to others' lines, and what becomes of them when the reader
 * or the logger fails.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "grammar/log_line.h"
#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"

static const char *const ways[] = { NULL, "--reuse=0", "--exec",
	"--isolation=restore" };
#define WAYS 4

/* Say a line to a faulty child, get one back. */
static const char *
ask(int fd, const char *line)
{
	static char answer[256];
	size_t n = 0;

	cr_assert(rig_send(fd, line));
	while (n + 1 < sizeof(answer) && rig_receive(fd, answer + n, 1) == 1 &&
	    answer[n] != '\n')
		n++;
	answer[n] = '\0';
	return answer;
}

static const char *
say(int fd, const char *how, const char *bytes)
{
	static char line[2 * 8192 + 16];
	int n = snprintf(line, sizeof(line), "%s ", how);

	for (const char *p = bytes; *p != '\0'; p++)
		n += snprintf(line + n, sizeof(line) - (size_t)n, "%02x",
		    (unsigned)(unsigned char)*p);
	strcat(line, "\n");
	return ask(fd, line);
}

static long
pid_of(int fd)
{
	return strtol(ask(fd, "pid\n"), NULL, 10);
}

/* "faulty[PID]: words" and LF are there, at the beginning of a line. */
static bool
line_of(struct rig *r, long pid, const char *words)
{
	char line[8192];

	snprintf(line, sizeof(line), "\nfaulty[%ld]: %s\n", pid, words);
	return rig_hear(r, line);
}

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

/* Nobody reads for a while, and one says so much that there is no room. */
Test(logger, a_flood_does_not_drown_the_others)
{
	char some[65536];
	int ends[2], fd, other;
	struct rig *r;
	struct buf all;

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	r = faulty_start_on(ends[1], NULL);
	close(ends[1]);
	fd = rig_open(r, FAULTY);
	other = rig_open(r, FAULTY);
	cr_expect_str_eq(ask(fd, "flood\n"), "flooded");
	cr_expect_str_eq(say(other, "words", "important"), "written");
	close(fd);
	close(other);
	buf_init(&all, 1 << 24);
	rig_signal(r, SIGTERM);
	for (ssize_t n; (n = read(ends[0], some, sizeof(some))) > 0;)
		buf_add(&all, some, (size_t)n);
	cr_expect_not_null(strstr(buf_str(&all), "]: important\n"));
	cr_expect_not_null(strstr(buf_str(&all), "dropped: nobody reads it"));
	buf_free(&all);
	cr_assert_eq(rig_wait(r), 0);
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

Test(logger, a_crash_is_heard_to_the_last_word)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct rig *r = faulty_start(RIG(ways[i]));
		int fd = rig_open(r, FAULTY);
		long pid = pid_of(fd);

		say(fd, "words", "my last words");
		cr_expect(rig_send(fd, "segv\n"));
		cr_expect(line_of(r, pid, "my last words"));
		cr_expect(rig_hear(r, "crashed: SIGSEGV"));
		close(fd);
		rig_signal(r, SIGQUIT);
		cr_assert_eq(rig_wait(r), 0);
	}
}

/* What is said while there is no logger waits for the next one. */
Test(logger, when_it_is_killed_nothing_is_lost)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct rig *r = faulty_start(RIG(ways[i]));
		int before = rig_open(r, FAULTY), gone = rig_open(r, FAULTY);
		long pid = pid_of(before), lost = pid_of(gone);
		pid_t logger = rig_logger(rig_pid(r));

		cr_assert_gt(logger, 0);
		cr_assert_eq(kill(logger, SIGKILL), 0);
		cr_assert(rig_hear(r, "the logger ended (signal 9)"));
		cr_expect_str_eq(say(before, "words", "between"), "written");
		cr_expect_str_eq(say(gone, "words", "farewell"), "written");
		close(gone);
		cr_expect(line_of(r, pid, "between"));
		cr_expect(line_of(r, lost, "farewell"));
		cr_expect_neq(rig_logger(rig_pid(r)), logger);
		say(before, "words", "behind");
		cr_expect(line_of(r, pid, "behind"));
		close(before);
		cr_assert_eq(rig_stop(r), 0);
	}
}

/*
 * Nor is the zygote, which says little, struck dumb by that: words that stand
 * on its standard error are heard by the next logger.  To put them there is
 * root's business.
 */
Test(logger, the_zygote_is_heard_by_the_next_one)
{
	struct rig *r;
	pid_t zygote, logger;
	int at, err;

	if (geteuid() != 0)
		return;
	rig_needs_sandbox();
	r = faulty_start(RIG(NULL));
	/* Whose children answer is ready itself. */
	at = rig_open(r, FAULTY);
	pid_of(at);
	close(at);
	zygote = rig_zygote(rig_pid(r));
	logger = rig_logger(rig_pid(r));
	cr_assert_gt(zygote, 0);
	at = (int)syscall(SYS_pidfd_open, zygote, 0);
	err = (int)syscall(SYS_pidfd_getfd, at, STDERR_FILENO, 0);
	cr_assert_geq(err, 0);
	cr_assert_eq(send(err, "one\n", 4, MSG_NOSIGNAL), 4);
	cr_expect(rig_hear(r, "one"));
	cr_assert_eq(kill(logger, SIGKILL), 0);
	cr_assert(rig_hear(r, "the logger ended (signal 9)"));
	cr_expect_eq(send(err, "two\n", 4, MSG_NOSIGNAL), 4);
	cr_expect(rig_hear(r, "two"));
	close(err);
	close(at);
	cr_assert_eq(rig_stop(r), 0);
}

Test(logger, it_lives_through_a_reload_with_the_old_children)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct rig *r = faulty_start(RIG(ways[i]));
		int fd = rig_open(r, FAULTY);
		long pid = pid_of(fd);
		char words[32];

		for (size_t n = 1; n <= 3; n++) {
			rig_signal(r, SIGHUP);
			cr_assert(rig_hear_times(r, "sandbox: ", n + 1));
			snprintf(words, sizeof(words), "still here %zu", n);
			say(fd, "words", words);
			cr_expect(line_of(r, pid, words));
		}
		close(fd);
		cr_assert_eq(rig_stop(r), 0);
	}
}

Test(logger, usr1_reaches_lines_of_those_who_are_at_work)
{
	const char *place = rig_place(), *log = rig_in(place, "log");
	char path[256];
	struct rig *r;
	struct buf b;
	int fd;

	snprintf(path, sizeof(path), "%s", log);
	r = faulty_start(RIG("--access-log", path));
	fd = rig_open(r, FAULTY);
	say(fd, "log", "x - - [\2] \"one\"");
	cr_assert(rig_reads(path, "\"one\"\n"));
	cr_assert_eq(rename(path, rig_in(place, "old")), 0);
	rig_signal(r, SIGUSR1);
	cr_assert(rig_hear(r, "access log reopened"));
	say(fd, "log", "x - - [\2] \"two\"");
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
	buf_init(&b, 1 << 20);
	cr_assert_eq(rig_slurp(path, &b), 0);
	cr_expect_not_null(strstr(buf_str(&b), "\"two\"\n"));
	cr_expect_eq(strstr(buf_str(&b), "\"one\""), NULL);
	buf_free(&b);
}

static bool
is_filtered(void *r)
{
	char path[64];
	struct buf b;
	bool is;

	snprintf(
	    path, sizeof(path), "/proc/%d/status", (int)rig_logger(rig_pid(r)));
	buf_init(&b, 1 << 20);
	is = rig_slurp(path, &b) == 0 &&
	    strstr(buf_str(&b), "\nSeccomp:\t2\n") != NULL;
	buf_free(&b);
	return is;
}

Test(logger, it_is_in_a_sandbox)
{
	struct rig *r;
	char path[64];
	struct buf b;

	rig_needs_sandbox();
	r = faulty_start(NULL);
	cr_assert(rig_until("it is in", is_filtered, r));
	snprintf(
	    path, sizeof(path), "/proc/%d/status", (int)rig_logger(rig_pid(r)));
	buf_init(&b, 1 << 20);
	cr_assert_eq(rig_slurp(path, &b), 0);
	cr_expect_not_null(strstr(buf_str(&b), "\nSeccomp:\t2\n"));
	cr_expect_not_null(strstr(buf_str(&b), "\nNoNewPrivs:\t1\n"));
	cr_expect_not_null(
	    strstr(buf_str(&b), "\nCapPrm:\t0000000000000000\n"));
	if (geteuid() == 0)
		cr_expect_null(strstr(buf_str(&b), "\nUid:\t0"));
	buf_free(&b);
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

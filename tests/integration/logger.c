/*
 * logger.c - the logger: what becomes of lines when their reader, who wrote
 * them, or the logger itself fails.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "logger_child.h"
#include "rig/main.h"

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

static bool
has_zygote(void *r)
{
	return rig_zygote(rig_pid(r)) != 0;
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
	/* It has a logger before it has its name. */
	cr_assert(rig_until("there is a zygote", has_zygote, r));
	zygote = rig_zygote(rig_pid(r));
	logger = rig_logger(rig_pid(r));
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

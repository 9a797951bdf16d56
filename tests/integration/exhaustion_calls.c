/*
 * exhaustion_calls.c - accept and fork fail as the kernel makes them fail when
 * a machine has no more to give: the master serves with what lives, tries
 * again after growing pauses, and does not sleep meanwhile.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"
#include "rig/scarce.h"
#include "system/clock.h"

#define FOR_EVER     1000000
#define AT_ONCE_MS   500 /* less than the longest pause */
#define SOON_MS      300 /* less than clients may wait in the backlog */
#define LONGEST      "trying again in 1000 ms"
#define OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static int
come(struct rig *r)
{
	int fd = rig_open(r, FAULTY);

	cr_assert(rig_send(fd, "echo well\n"));
	return fd;
}

static bool
is_well(int fd)
{
	return rig_expect(fd, "well\n");
}

static void
visit(struct rig *r)
{
	int fd = come(r);

	cr_assert(is_well(fd));
	close(fd);
}

/* Each pause is twice as long as the one before, up to the longest. */
static void
assert_growing(struct rig *r, const char *what)
{
	char line[128];

	cr_assert(rig_hear(r, LONGEST));
	for (int ms = 10; ms <= 640; ms *= 2) {
		snprintf(
		    line, sizeof(line), "%s; trying again in %d ms", what, ms);
		cr_assert_eq(rig_count(r, line), 1, "%s: %zu times", line,
		    rig_count(r, line));
	}
}

/*
 * While it waits for the longest of its pauses it does at once what it is
 * told.  The fastest of three counts: the machine may be busy, a sleeper would
 * be late each time.
 */
static void
assert_awake(struct rig *r)
{
	int64_t fastest = INT64_MAX;

	for (int i = 0; i < 3; i++) {
		size_t pauses = rig_count(r, LONGEST);
		size_t reopened = rig_count(r, "access log reopened");
		int64_t begun, took;

		cr_assert(rig_hear_times(r, LONGEST, pauses + 1));
		begun = clock_ms();
		rig_signal(r, SIGUSR1);
		cr_assert(
		    rig_hear_times(r, "access log reopened", reopened + 1));
		took = clock_ms() - begun;
		fastest = took < fastest ? took : fastest;
	}
	cr_assert_lt(fastest, AT_ONCE_MS);
}

static void
starve_of_descriptors(int error, bool look_closely)
{
	struct rig *r = scarce_start(OPTIONS("--min-idle", "2"));
	int held, late;

	held = come(r);
	cr_assert(is_well(held));
	scarce_set(&scarce->accept, error, FOR_EVER);
	late = come(r);
	assert_growing(r, strerror(error));
	if (look_closely)
		assert_awake(r);
	cr_assert(rig_send(held, "echo well\n"));
	cr_assert(is_well(held));
	scarce_set(&scarce->accept, 0, 0);
	cr_assert(is_well(late));
	visit(r);
	/* And the next time the pauses are short again. */
	scarce_set(&scarce->accept, error, 1);
	visit(r);
	cr_assert(rig_hear_times(r, "trying again in 10 ms", 2));
	cr_assert_eq(rig_count(r, "trying again in 10 ms"), 2);
	close(held);
	close(late);
	cr_assert_eq(rig_stop(r), 0);
}

Test(exhaustion_calls, accept_fails_with_emfile)
{
	starve_of_descriptors(EMFILE, false);
}

Test(exhaustion_calls, accept_fails_with_enfile)
{
	starve_of_descriptors(ENFILE, false);
}

Test(exhaustion_calls, accept_fails_with_enobufs)
{
	starve_of_descriptors(ENOBUFS, true);
}

Test(exhaustion_calls, accept_fails_with_enomem)
{
	starve_of_descriptors(ENOMEM, false);
}

/*
 * accept(2) also passes on what befell the network of one client.
 */
Test(exhaustion_calls, one_client_fails_and_the_next_is_served)
{
	static const int errors[] = { ECONNABORTED, EPROTO, ENETDOWN,
		ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
		ENETUNREACH, EPERM, EINTR };
	struct rig *r = scarce_start(NULL);

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		scarce_set(&scarce->accept, errors[i], 3);
		visit(r);
		cr_assert_eq(scarce->accept.times, 0);
	}
	cr_assert_eq(rig_count(r, "trying again"), 0);
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * Without a sandbox the master forks all by itself; a zygote that cannot is in
 * exhaustion.c.
 */
static void
starve_of_processes(int error, bool look_closely)
{
	struct rig *r =
	    scarce_start(OPTIONS("--no-sandbox", "--min-idle", "2"));
	int a, b, late;

	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	scarce_set(&scarce->fork, error, FOR_EVER);
	a = come(r);
	b = come(r);
	cr_assert(is_well(a) && is_well(b));
	cr_assert(rig_hear(r, strerror(error)));
	cr_assert(rig_hear(r, LONGEST));
	for (int ms = 40; ms <= 640; ms *= 2) {
		char line[128];

		snprintf(line, sizeof(line), "fork: %s; trying again in %d ms",
		    strerror(error), ms);
		cr_assert_gt(rig_count(r, line), 0, "%s", line);
	}
	if (look_closely)
		assert_awake(r);
	/* Who comes now is told; who is there goes on. */
	late = come(r);
	cr_assert(rig_expect_end(late));
	cr_assert(rig_send(a, "echo well\n"));
	cr_assert(is_well(a));
	/* A new image is not to be had either, and that changes nothing. */
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "no reload: fork: "));
	scarce_set(&scarce->fork, 0, 0);
	late = come(r);
	cr_assert(is_well(late));
	close(a);
	close(b);
	close(late);
	cr_assert_eq(rig_stop(r), 0);
}

Test(exhaustion_calls, fork_fails_with_eagain)
{
	starve_of_processes(EAGAIN, true);
}

Test(exhaustion_calls, fork_fails_with_enomem)
{
	starve_of_processes(ENOMEM, false);
}

/*
 * Who waits for a process has it as soon as there is one again.  The fastest
 * of three counts: the machine may be busy.
 */
Test(exhaustion_calls, a_client_waits_no_longer_than_fork_fails)
{
	struct rig *r = scarce_start(
	    OPTIONS("--no-sandbox", "--min-idle", "1", "--max-idle", "1"));
	int64_t fastest = INT64_MAX;

	for (int i = 0; i < 3; i++) {
		int64_t begun, took;

		cr_assert(rig_children_become(rig_pid(r), 1, 1));
		scarce_set(&scarce->fork, ENOMEM, 3); /* for 70 ms */
		visit(r);
		begun = clock_ms();
		visit(r);
		took = clock_ms() - begun;
		fastest = took < fastest ? took : fastest;
	}
	cr_assert_lt(fastest, SOON_MS);
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * The fork that fails first may be the one on demand.
 */
Test(exhaustion_calls, a_failed_fork_on_demand_costs_no_client)
{
	struct rig *r = scarce_start(
	    OPTIONS("--no-sandbox", "--min-idle", "1", "--max-idle", "1"));
	int fd[2];

	for (int i = 0; i < 20; i++) {
		cr_assert(rig_children_become(rig_pid(r), 1, 1));
		/* Both are accepted in one turn. */
		rig_signal(r, SIGSTOP);
		fd[0] = come(r);
		fd[1] = come(r);
		scarce_set(&scarce->fork, EAGAIN, 1);
		rig_signal(r, SIGCONT);
		cr_assert(is_well(fd[0]) && is_well(fd[1]));
		cr_assert_eq(scarce->fork.times, 0);
		close(fd[0]);
		close(fd[1]);
	}
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return scarce_or_tests(argc, argv);
}

/*
 * machine_faults.c - the master when the system has no more to give, and when
 * children and clients behave badly.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

#define UPPERD(...) RIG("berth-upperd", "-l", "127.0.0.1:0", __VA_ARGS__)

static bool
hello(int fd)
{
	return rig_send(fd, "Hello\n") && rig_expect(fd, "HELLO\n");
}

static void
visit(struct rig *r)
{
	int fd = rig_open(r, "upper 127");

	cr_assert(hello(fd));
	close(fd);
}

static void
limit(struct rig *r, int resource, rlim_t soft)
{
	struct rlimit l;

	cr_assert_eq(
	    prlimit(rig_pid(r), (__rlimit_resource_t)resource, NULL, &l), 0);
	l.rlim_cur = soft < l.rlim_max ? soft : l.rlim_max;
	cr_assert_eq(
	    prlimit(rig_pid(r), (__rlimit_resource_t)resource, &l, NULL), 0,
	    "%s", strerror(errno));
}

/* The master is at rest: what it cannot do now it does not try for ever. */
static void
assert_at_rest(struct rig *r)
{
	long before = rig_cpu_ms(rig_pid(r)), used;

	rig_pause_ms(500);
	used = rig_cpu_ms(rig_pid(r)) - before;
	cr_assert_lt(used, 200, "the master used %ld ms of 500", used);
}

Test(machine_faults, no_descriptors_left_in_the_master)
{
	struct rig *r = rig_start(UPPERD("--min-idle", "2"));
	int fd[6];

	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	visit(r);
	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	limit(r, RLIMIT_NOFILE, 3); /* those that are open stay */
	for (int i = 0; i < 6; i++) {
		fd[i] = rig_open(r, "upper 127");
		cr_assert(rig_send(fd[i], "Hello\n"));
	}
	cr_assert(rig_hear(r, "trying again"));
	assert_at_rest(r);
	limit(r, RLIMIT_NOFILE, 1024);
	for (int i = 0; i < 6; i++)
		cr_assert(rig_expect(fd[i], "HELLO\n"), "client %d", i);
	cr_assert_eq(rig_stop(r), 0);
}

Test(machine_faults, fork_fails_and_works_again)
{
	struct rig *r = rig_start(UPPERD("--min-idle", "2"));
	char path[64];
	struct buf status;
	int a, b, c;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)rig_pid(r));
	buf_init(&status, 1 << 20);
	cr_assert_eq(rig_slurp(path, &status), 0);
	if (strstr(buf_str(&status), "\nUid:\t0\t") != NULL)
		cr_skip_test("root's forks are not limited");
	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	limit(r, RLIMIT_NPROC, 1);
	/* Who is there serves on. */
	a = rig_open(r, "upper 127");
	b = rig_open(r, "upper 127");
	cr_assert(hello(a) && hello(b));
	cr_assert(rig_hear(r, "fork: "));
	c = rig_open(r, "upper 127");
	cr_assert(rig_send(c, "Hello\n"));
	assert_at_rest(r);
	cr_assert(hello(a) || hello(b));
	limit(r, RLIMIT_NPROC, RLIM_INFINITY);
	visit(r);
	cr_assert(rig_children_become(rig_pid(r), 2, 8));
	cr_assert_eq(rig_stop(r), 0);
}

Test(machine_faults, stopped_children_hold_up_their_own_clients_only)
{
	struct rig *r = rig_start(UPPERD("-q", "--min-idle", "4"));
	pid_t idle[64];
	size_t n;
	int fd[30], late = 0;
	char in[16];

	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	n = rig_children(rig_pid(r), idle, 64);
	cr_assert_eq(n, 4);
	kill(idle[0], SIGSTOP);
	kill(idle[1], SIGSTOP);
	for (int i = 0; i < 30; i++) {
		fd[i] = rig_open(r, "upper 127");
		cr_assert(rig_send(fd[i], "Hello\n"));
	}
	for (int i = 0; i < 30; i++)
		if (rig_receive_ms(fd[i], in, sizeof(in), 2000) != 6)
			late++;
	cr_assert_leq(late, 2);
	kill(idle[0], SIGCONT);
	kill(idle[1], SIGCONT);
	for (int i = 0; i < 30; i++)
		close(fd[i]);
	visit(r);
	cr_assert_eq(rig_stop(r), 0);
}

Test(machine_faults, a_stopped_child_does_not_outlive_quit)
{
	struct rig *r = rig_start(UPPERD("-q"));
	int fd = rig_open(r, "upper 127");
	pid_t child;

	cr_assert(hello(fd));
	child = rig_server_of(fd, rig_pid(r));
	kill(child, SIGSTOP);
	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait(r), 0);
	cr_assert(rig_is_gone(child));
}

Test(machine_faults, killed_idle_children_are_replaced_unnoticed)
{
	struct rig *r = rig_start(UPPERD("-q", "--min-idle", "4"));

	for (int round = 0; round < 10; round++) {
		pid_t idle[64];
		size_t n;

		cr_assert(rig_children_become(rig_pid(r), 4, 16));
		n = rig_children(rig_pid(r), idle, 64);
		for (size_t i = 0; i < n && i < 64; i++)
			kill(idle[i], SIGKILL);
		/* The master may not have heard of it yet. */
		cr_assert(rig_all_gone(idle, n, rig_patience_ms()));
		visit(r);
	}
	cr_assert_eq(rig_stop(r), 0);
}

struct few {
	pid_t pid;
	int descriptors;
};

static bool
are_as_few(void *arg)
{
	const struct few *f = arg;

	return rig_descriptors(f->pid) <= f->descriptors;
}

Test(machine_faults, thousands_come_and_go)
{
	struct rig *r = rig_start(UPPERD("-q", "--min-idle", "2"));
	const char *address = rig_address(r, "upper 127");
	int before, fd;

	visit(r);
	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	before = rig_descriptors(rig_pid(r));
	for (int i = 0; i < 3000; i++) {
		fd = rig_connect(address);
		cr_assert_geq(fd, 0, "client %d: %s", i, strerror(errno));
		if (i % 3 == 0)
			rig_reset(fd);
		else
			close(fd);
	}
	visit(r);
	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	cr_assert(rig_until("no more descriptors", are_as_few,
	    &(struct few){ rig_pid(r), before }));
	cr_assert_eq(rig_stop(r), 0);
}

static bool
is_served(void *arg)
{
	int fd = rig_open(arg, "upper");
	char in[8];
	bool served = send(fd, "Hello\n", 6, MSG_NOSIGNAL) == 6 &&
	    rig_receive(fd, in, sizeof(in)) == 6;

	close(fd);
	return served;
}

Test(machine_faults, a_full_house_is_at_rest)
{
	char address[200], much[4096] = "x";
	struct rig *r;
	int held, waiting;

	snprintf(address, sizeof(address), "unix:%s", rig_in(rig_place(), "s"));
	r = rig_start(
	    RIG("berth-upperd", "-q", "-l", address, "--max-children", "1"));
	/* Held by a client that does not read what it asked for. */
	held = rig_open(r, "upper");
	for (int still = 0; still < 150; rig_pause_ms(2))
		still = send(held, much, sizeof(much), MSG_DONTWAIT) > 0 ?
		    0 :
		    still + 1;
	waiting = rig_open(r, "upper");
	assert_at_rest(r);
	/* Nobody waits for ever: it is told, or for this service cut off. */
	cr_assert(rig_expect_end(waiting));
	close(held);
	/* There is room as soon as the child has been reaped. */
	cr_assert(rig_until("a client is served", is_served, r));
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * children.c - children that are stopped or killed, and clients who come
 * and go by the thousand.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "upper_start.h"

#define WAITING 30

/* Have all but two of them an answer, at least? */
static bool
two_wait(void *arg)
{
	const int *fd = arg;
	int answered = 0;

	for (int i = 0; i < WAITING; i++) {
		struct pollfd p = { .fd = fd[i], .events = POLLIN };

		answered += poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0;
	}
	return answered >= WAITING - 2;
}

Test(children, stopped_children_hold_up_their_own_clients_only)
{
	struct rig *r = rig_start(UPPERD("-q", "--min-idle", "4"));
	pid_t idle[64];
	size_t n;
	int fd[WAITING];

	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	n = rig_children(rig_pid(r), idle, 64);
	cr_assert_eq(n, 4);
	kill(idle[0], SIGSTOP);
	kill(idle[1], SIGSTOP);
	for (int i = 0; i < WAITING; i++) {
		fd[i] = rig_open(r, "upper 127");
		cr_assert(rig_send(fd[i], "Hello\n"));
	}
	cr_assert(rig_until("the others are answered", two_wait, fd));
	kill(idle[0], SIGCONT);
	kill(idle[1], SIGCONT);
	for (int i = 0; i < WAITING; i++)
		close(fd[i]);
	visit(r);
	cr_assert_eq(rig_stop(r), 0);
}

Test(children, a_stopped_child_does_not_outlive_quit)
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

Test(children, killed_idle_children_are_replaced_unnoticed)
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

static bool
is_stopped(void *pid)
{
	return rig_state(*(pid_t *)pid) == 'T';
}

/* The master looks up and finds a client, and those who were ready dead. */
Test(children, children_killed_while_a_client_knocks)
{
	struct rig *r = rig_start(UPPERD("--min-idle", "3"));
	pid_t master = rig_pid(r), idle[8];
	size_t n;
	int fd;

	cr_assert(rig_children_become(master, 3, 3));
	n = rig_children(master, idle, 8);
	kill(master, SIGSTOP);
	cr_assert(rig_until("the master stands still", is_stopped, &master));
	fd = rig_open(r, "upper 127");
	cr_assert(rig_send(fd, "Hello\n"));
	for (size_t i = 0; i < n; i++)
		kill(idle[i], SIGKILL);
	cr_assert(rig_all_gone(idle, n, rig_patience_ms()));
	kill(master, SIGCONT);
	cr_assert(rig_expect(fd, "HELLO\n"));
	visit(r);
	cr_assert_eq(rig_stop(r), 0);
}

static const char *
copy_of(const char *program)
{
	const char *path = rig_in(rig_place(), "copy");
	char line[8192];

	snprintf(line, sizeof(line), "cp '%s' '%s'", rig_path(program), path);
	cr_assert_eq(rig_wait(rig_run(RIG("/bin/sh", "-c", line))), 0);
	return path;
}

/* Does a file of /proc say this of it? */
static bool
holds(pid_t pid, const char *file, const char *words)
{
	char path[64];
	struct buf b;
	bool is;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	buf_init(&b, 1 << 20);
	is = rig_slurp(path, &b) == 0 && b.n > 0 &&
	    memmem(b.p, b.n, words, strlen(words)) != NULL;
	buf_free(&b);
	return is;
}

struct readiness {
	pid_t master, served; /* not the one that has served */
};

/*
 * Is there one child, and has it become the program anew?  That shows in its
 * environment; root alone may look there when it is in its sandbox, which then
 * shows.
 */
static bool
is_one_ready(void *arg)
{
	const struct readiness *of = arg;
	pid_t child;

	return rig_children(of->master, &child, 1) == 1 &&
	    child != of->served &&
	    (holds(child, "environ", "BERTH_CHILD=") ||
		holds(child, "status", "Seccomp:\t2"));
}

/* An upgrade in the making: the server goes on until it is done. */
Test(children, a_program_that_is_away_for_a_while)
{
	const char *path = copy_of("berth-upperd");
	struct readiness next = { 0 };
	char moved[4096];
	struct rig *r;

	snprintf(moved, sizeof(moved), "%s.away", path);
	r = rig_start(RIG(path, "-l", "127.0.0.1:0", "--exec", "--min-idle",
	    "1", "--max-idle", "1"));
	next.master = rig_pid(r);
	cr_assert(rig_until("one is ready", is_one_ready, &next));
	cr_assert_eq(rig_children(next.master, &next.served, 1), 1);
	visit(r);
	cr_assert(rig_until("the next is ready", is_one_ready, &next));
	cr_assert_eq(rename(path, moved), 0);
	visit(r); /* by that one */
	cr_assert(rig_hear(r, "No such file or directory"));
	cr_assert(!rig_ended(r));
	cr_assert_eq(rename(moved, path), 0);
	cr_assert(rig_until("a client is served", is_served, r));
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

Test(children, thousands_come_and_go)
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
		/* Who waits behind 3000 births may wait longer than we do. */
		if (i % 200 == 199)
			visit(r);
	}
	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	cr_assert(rig_until("no more descriptors", are_as_few,
	    &(struct few){ rig_pid(r), before }));
	cr_assert_eq(rig_stop(r), 0);
}

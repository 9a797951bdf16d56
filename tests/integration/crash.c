/*
 * crash.c - what breaks costs its own connection: clients that vanish,
 * children that crash, a master that is killed.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/logger.h"
#include "rig/rig.h"
#include "system/clock.h"

#define OTHERS 20

static char at[128]; /* a unix: address, for rig_speaker */

static const char *
unix_address(void)
{
	snprintf(at, sizeof(at), "unix:%s/s", rig_place());
	return at;
}

/*
 * A client that has spoken; *who serves it.
 */
static int
come(pid_t *who)
{
	int fd = rig_connect_traced(at);

	cr_assert(rig_send(fd, "come"));
	*who = rig_speaker(fd);
	cr_assert_neq(*who, 0);
	cr_assert(rig_expect(fd, "COME"));
	return fd;
}

static void
expect_well(int fd)
{
	cr_assert(rig_send(fd, "well?"));
	cr_assert(rig_expect(fd, "WELL?"));
}

struct crash {
	int signal;
	int64_t look_on_ms; /* a renewal comes within 1000 */
	const char *words;
};

/*
 * Twenty clients go on while the process of another one crashes, and while the
 * master renews itself because of that.
 */
static void
crash_among_others(const struct crash *crash)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", unix_address()));
	pid_t who[OTHERS + 1];
	int fd[OTHERS + 1];
	int64_t until;

	for (int i = 0; i <= OTHERS; i++)
		fd[i] = come(&who[i]);
	kill(who[OTHERS], crash->signal);
	until = clock_ms() + crash->look_on_ms;
	do {
		for (int i = 0; i < OTHERS; i++)
			expect_well(fd[i]);
		rig_pause_ms(20);
	} while (clock_ms() < until);
	cr_assert(rig_receive(fd[OTHERS], at + 120, 1) <= 0);
	cr_assert(rig_hear(r, crash->words), "%s", crash->words);
	for (int i = 0; i < OTHERS; i++)
		cr_assert_not(rig_is_gone(who[i]));
	rig_signal(r, SIGTERM);
	for (int i = 0; i < OTHERS; i++)
		cr_assert(rig_expect_end(fd[i]));
	cr_assert_eq(rig_wait(r), 0);
}

Test(crash, a_fault_costs_one_connection)
{
	crash_among_others(&(struct crash){ SIGSEGV, 1500, "SIGSEGV" });
}

Test(crash, so_does_an_abort)
{
	crash_among_others(&(struct crash){ SIGABRT, 100, "SIGABRT" });
}

Test(crash, and_being_killed)
{
	crash_among_others(&(struct crash){ SIGKILL, 100, "SIGKILL" });
}

Test(crash, the_log_names_the_child_its_client_and_the_signal)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0",
	    "--max-children", "1", "--min-idle", "1", "--max-idle", "1"));
	int fd = rig_open(r, "upper"), lines = 0;
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	char child[32], client[64];
	const char *line;
	pid_t who;

	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	/* The others have their names a moment later. */
	cr_assert(rig_children_become(rig_pid(r), 1, 1));
	cr_assert_eq(rig_children(rig_pid(r), &who, 1), 1);
	getsockname(fd, (struct sockaddr *)&a, &len);
	kill(who, SIGSEGV);
	cr_assert(rig_hear(r, "SIGSEGV"));
	snprintf(child, sizeof(child), "%d", (int)who);
	snprintf(client, sizeof(client), "127.0.0.1:%u", ntohs(a.sin_port));
	for (line = rig_err(r); *line != '\0';
	     line += strcspn(line, "\n"), line += *line == '\n') {
		char *one = strndup(line, strcspn(line, "\n"));

		lines += strstr(one, "SIGSEGV") != NULL &&
		    strstr(one, child) != NULL && strstr(one, client) != NULL;
		free(one);
	}
	cr_assert_eq(lines, 1);
	close(fd);
	/* Others are let in again. */
	fd = rig_open(r, "upper");
	expect_well(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(crash, crashes_do_not_close_the_door)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", unix_address()));
	pid_t who;
	int fd;

	for (int i = 0; i < 60; i++) {
		fd = come(&who);
		kill(who, SIGSEGV);
		close(fd);
	}
	fd = come(&who);
	expect_well(fd);
	cr_assert(rig_hear_times(r, "SIGSEGV", 60));
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * All idle children die while the master looks away, and a client comes.
 */
Test(crash, a_massacre_among_idle_children_costs_no_client)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", unix_address(),
	    "--min-idle", "12", "--max-idle", "12"));
	pid_t idle[64];

	for (int turn = 0; turn < 10; turn++) {
		size_t n;
		int fd;

		cr_assert(rig_children_become(rig_pid(r), 12, 64));
		rig_signal(r, SIGSTOP);
		n = rig_children(rig_pid(r), idle, 64);
		for (size_t i = 0; i < n && i < 64; i++)
			kill(idle[i], SIGKILL);
		cr_assert(rig_all_gone(idle, n, rig_patience_ms()));
		fd = rig_connect(at);
		cr_assert(rig_send(fd, "alive?"));
		rig_signal(r, SIGCONT);
		cr_assert(rig_expect(fd, "ALIVE?"));
		close(fd);
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(crash, the_death_of_the_master_ends_all_and_frees_the_port)
{
	for (int turn = 0; turn < 5; turn++) {
		struct rig *r =
		    rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
		pid_t child[128];
		char where[64];
		int fd[OTHERS];
		size_t n;

		snprintf(where, sizeof(where), "%s", rig_address(r, "upper"));
		for (int i = 0; i < OTHERS; i++) {
			fd[i] = rig_connect(where);
			if (i % 2 == 0)
				expect_well(fd[i]);
		}
		n = rig_children(rig_pid(r), child, 128);
		cr_assert_geq(n, OTHERS / 2);
		cr_assert_eq(rig_kill(r), 128 + SIGKILL);
		cr_assert(rig_all_gone(child, n, rig_patience_ms()));
		cr_assert_eq(rig_connect(where), -1);
		cr_assert_eq(errno, ECONNREFUSED);
		r = rig_start(RIG("berth-upperd", "-l", where));
		for (int i = 0; i < OTHERS; i++)
			close(fd[i]);
		fd[0] = rig_open(r, "upper");
		expect_well(fd[0]);
		cr_assert_eq(rig_stop(r), 0);
	}
}

Test(crash, the_death_of_the_master_in_the_middle_of_births)
{
	for (int turn = 0; turn < 20; turn++) {
		struct rig *r = rig_start(RIG("berth-upperd", "-l", "0",
		    "--min-idle", "60", "--max-idle", "60"));
		pid_t child[128];
		size_t n;

		/* Some are being forked right now. */
		rig_pause_ms(turn % 5);
		n = rig_children(rig_pid(r), child, 128);
		rig_kill(r);
		/* A logger without its name yet stays for its last words. */
		cr_assert(rig_all_gone(
		    child, n, rig_patience_ms() + LOGGER_LEAVE_MS));
	}
}

static bool
has_group_gone(void *arg)
{
	return kill(-*(pid_t *)arg, 0) != 0 && errno == ESRCH;
}

Test(crash, nobody_at_all_outlives_the_master)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "0", "--exec",
	    "--min-idle", "20", "--max-idle", "20"));
	pid_t group = rig_pid(r);

	rig_kill(r);
	/* Also those who were born but not yet seen above. */
	cr_assert(
	    rig_until("the master's group is empty", has_group_gone, &group));
}

Test(crash, clients_that_vanish)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
	const char *where = rig_address(r, "upper");
	char piece[4096];

	memset(piece, 'v', sizeof(piece));
	for (int i = 0; i < 100; i++) {
		int fd = rig_connect(where);

		if (i % 3 > 0)
			cr_assert(rig_send_bytes(fd, piece, sizeof(piece)));
		if (i % 2 > 0)
			rig_reset(fd);
		else
			close(fd);
	}
	expect_well(rig_connect(where));
	cr_assert(rig_children_become(rig_pid(r), 5, 5));
	cr_assert_eq(rig_count(r, "crash"), 0);
	cr_assert_eq(rig_stop(r), 0);
}

Test(crash, clients_that_vanish_while_they_wait)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
	const char *where = rig_address(r, "upper");

	rig_signal(r, SIGSTOP);
	for (int i = 0; i < 100; i++)
		rig_reset(rig_connect(where));
	rig_signal(r, SIGCONT);
	expect_well(rig_connect(where));
	cr_assert(rig_children_become(rig_pid(r), 5, 5));
	cr_assert_eq(rig_stop(r), 0);
}

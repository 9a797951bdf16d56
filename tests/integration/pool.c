/*
 * pool.c - the children: who serves whom, how many there are, and how
 * long each lives.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rig/rig.h"

#define CROWD 200

static char at[128]; /* a unix: address, for rig_speaker */

static const char *
unix_address(void)
{
	snprintf(at, sizeof(at), "unix:%s/s", rig_place());
	return at;
}

/*
 * One conversation over the unix socket.  Returns who served it, or 0 when it
 * was turned away.
 */
static pid_t
talk(void)
{
	int fd = rig_connect_traced(at);
	pid_t who;

	cr_assert_geq(fd, 0);
	rig_send(fd, "hi");
	who = rig_speaker(fd);
	if (who != 0)
		cr_assert(rig_expect(fd, "HI"));
	rig_half_close(fd);
	cr_assert(rig_expect_end(fd));
	close(fd);
	return who;
}

Test(pool, two_hundred_clients_at_once_each_get_their_own)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0",
	    "--max-children", "512", "--max-idle", "8"));
	const char *where = rig_address(r, "upper");
	char text[32];
	int fd[CROWD];

	for (int i = 0; i < CROWD; i++) {
		fd[i] = rig_connect(where);
		cr_assert_geq(fd[i], 0);
	}
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < CROWD; i++) {
			snprintf(text, sizeof(text), "i am %d in %d", i, round);
			cr_assert(rig_send(fd[i], text));
		}
		for (int i = CROWD; i-- > 0;) {
			snprintf(text, sizeof(text), "I AM %d IN %d", i, round);
			cr_assert(rig_expect(fd[i], text));
			if (round == 0)
				cr_assert(rig_expect_silence(fd[i], 0));
		}
	}
	cr_assert_geq(rig_children(rig_pid(r), NULL, 0), CROWD);
	for (int i = 0; i < CROWD; i++)
		close(fd[i]);
	/* The crowd has gone home: back to the fewest kept ready. */
	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	cr_assert_eq(rig_stop(r), 0);
}

Test(pool, keeps_the_fewest_ready_and_refills_when_one_is_taken)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0",
	    "--min-idle", "3", "--max-idle", "3"));
	int fd[5];

	cr_assert(rig_children_become(rig_pid(r), 3, 3));
	for (size_t i = 0; i < 5; i++) {
		fd[i] = rig_open(r, "upper");
		cr_assert(rig_send(fd[i], "x"));
		cr_assert(rig_expect(fd[i], "X"));
		cr_assert(
		    rig_children_become(rig_pid(r), 3 + i + 1, 3 + i + 1));
	}
	for (size_t i = 0; i < 5; i++)
		close(fd[i]);
	cr_assert(rig_children_become(rig_pid(r), 3, 3));
	cr_assert_eq(rig_stop(r), 0);
}

Test(pool, works_with_nobody_kept_ready)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0",
	    "--min-idle", "0", "--max-idle", "1"));

	cr_assert(rig_children_become(rig_pid(r), 0, 0));
	for (int i = 0; i < 10; i++) {
		int fd = rig_open(r, "upper");

		cr_assert(rig_send(fd, "x"));
		cr_assert(rig_expect(fd, "X"));
		close(fd);
	}
	cr_assert(rig_children_become(rig_pid(r), 0, 0));
	cr_assert_eq(rig_stop(r), 0);
}

Test(pool, every_connection_gets_a_fresh_process)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", unix_address()));
	pid_t seen[40];

	for (int i = 0; i < 40; i++) {
		seen[i] = talk();
		cr_assert_neq(seen[i], 0);
		cr_assert_neq(seen[i], rig_pid(r));
		for (int j = 0; j < i; j++)
			cr_assert_neq(seen[i], seen[j]);
	}
	cr_assert(rig_all_gone(seen, 40, rig_patience_ms()));
	cr_assert_eq(rig_stop(r), 0);
}

Test(pool, clients_at_the_same_time_are_in_different_processes)
{
	struct rig *r = rig_start(
	    RIG("berth-upperd", "-l", unix_address(), "--reuse", "0"));
	pid_t who[20];
	int fd[20];

	for (int i = 0; i < 20; i++) {
		fd[i] = rig_connect_traced(at);
		cr_assert(rig_send(fd[i], "x"));
		who[i] = rig_speaker(fd[i]);
		cr_assert_neq(who[i], 0);
		for (int j = 0; j < i; j++)
			cr_assert_neq(who[i], who[j]);
	}
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * Many conversations one after another: how many of them had each child?
 * Few children are alive at a time, so one of them must come to its end.
 */
static void
count_lives(const char *reuse, size_t most, size_t talks)
{
	struct rig *r = rig_start(
	    RIG("berth-upperd", "-l", unix_address(), "--reuse", reuse));
	pid_t who[200];
	size_t count[200] = { 0 }, n = 0, highest = 0;

	for (size_t i = 0; i < talks; i++) {
		pid_t pid = talk();
		size_t at_n = 0;

		while (at_n < n && who[at_n] != pid)
			at_n++;
		who[at_n] = pid;
		n += at_n == n;
		highest = ++count[at_n] > highest ? count[at_n] : highest;
	}
	for (size_t i = 0; i < n && most > 0; i++) {
		cr_assert_leq(count[i], most);
		if (count[i] == most)
			cr_assert(rig_all_gone(&who[i], 1, rig_patience_ms()));
	}
	cr_assert_geq(highest, most > 0 ? most : talks / 30);
	cr_assert_eq(rig_stop(r), 0);
}

Test(pool, reuse_counts_exactly)
{
	count_lives("1", 1, 20);
	count_lives("2", 2, 50);
	count_lives("7", 7, 150);
	count_lives("0", 0, 150);
}

Test(pool, exec_serves_and_each_child_has_a_layout_of_its_own)
{
	struct rig *r =
	    rig_start(RIG("berth-upperd", "-l", unix_address(), "--exec"));
	char first[2][64] = { "", "" };

	for (int i = 0; i < 2; i++) {
		int fd = rig_connect_traced(at);
		char path[64];
		FILE *maps;
		pid_t who;

		cr_assert(rig_send(fd, "exec"));
		who = rig_speaker(fd);
		cr_assert(rig_expect(fd, "EXEC"));
		snprintf(path, sizeof(path), "/proc/%d/maps", (int)who);
		maps = fopen(path, "re");
		/* Only root may look into a process that is not dumpable. */
		if (maps == NULL || fgets(first[i], 64, maps) == NULL)
			snprintf(first[i], 64, "unknown %d", i);
		if (maps != NULL)
			fclose(maps);
		close(fd);
	}
#ifndef BERTH_ASAN /* whose shadow comes first, always in the same place */
	cr_assert_str_neq(first[0], first[1]);
#endif
	for (int i = 0; i < 10; i++)
		cr_assert_neq(talk(), 0);
	cr_assert_eq(rig_stop(r), 0);
}

struct open_count {
	pid_t pid;
	int n;
};

static bool
has_so_many_open(void *arg)
{
	struct open_count *c = arg;

	return rig_descriptors(c->pid) <= c->n;
}

Test(pool, the_master_stays_small_and_leaks_no_descriptor)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", unix_address()));
	struct open_count open_now = { .pid = rig_pid(r) };
	long memory;

	for (int i = 0; i < 20; i++)
		talk();
	/* One that has ended may not have been reaped yet. */
	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	open_now.n = rig_descriptors(rig_pid(r));
	cr_assert_gt(open_now.n, 0);
	memory = rig_anonymous_kib(rig_pid(r));
	for (int i = 0; i < 300; i++)
		talk();
	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	cr_assert(rig_until("the master has no more descriptors than before",
	    has_so_many_open, &open_now));
	cr_assert_leq(rig_anonymous_kib(rig_pid(r)), memory + 64);
	cr_assert_eq(rig_stop(r), 0);
}

Test(pool, a_child_has_no_listener_and_nothing_of_the_masters)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", unix_address()));
	int fd = rig_connect_traced(at);
	pid_t who;

	cr_assert(rig_send(fd, "x"));
	who = rig_speaker(fd);
	cr_assert_neq(who, 0);
	/* 0, 1, 2, its control socket, its client, and what a sandbox may need. */
	cr_assert_leq(rig_descriptors(who), 7);
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(pool, the_master_sleeps_when_nobody_comes)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", unix_address()));
	long before;

	talk();
	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	before = rig_cpu_ms(rig_pid(r));
	rig_pause_ms(500);
	/* A clock tick is 10 ms; a loop that spins would use 500. */
	cr_assert_leq(rig_cpu_ms(rig_pid(r)) - before, 30);
}

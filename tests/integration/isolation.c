/*
 * isolation.c - who serves whom: fresh processes, reuse, exec, and the size
 * of the pool.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/restored.h"
#include "rig/rig.h"

#define UPPERD(...) RIG("berth-upperd", "-l", "127.0.0.1:0", "-q", __VA_ARGS__)

static bool
hello(int fd)
{
	return rig_send(fd, "Hello\n") && rig_expect(fd, "HELLO\n");
}

/* Talk once and hang up; returns the process that served. */
static pid_t
visit(struct rig *r)
{
	int fd = rig_open(r, "upper 127");
	pid_t pid;

	cr_assert(hello(fd));
	pid = rig_server_of(fd, rig_pid(r));
	cr_assert_neq(pid, 0);
	rig_half_close(fd);
	cr_assert(rig_expect_end(fd));
	close(fd);
	return pid;
}

/* How often each process served in n visits; returns how many there were. */
static size_t
visits(struct rig *r, size_t n, pid_t who[], unsigned times[])
{
	size_t different = 0;

	for (size_t i = 0; i < n; i++) {
		pid_t pid = visit(r);
		size_t j = 0;

		while (j < different && who[j] != pid)
			j++;
		if (j == different) {
			who[different] = pid;
			times[different++] = 0;
		}
		times[j]++;
	}
	return different;
}

Test(isolation, reuse_bounds_the_connections_of_a_life)
{
	struct rig *r = rig_start(UPPERD("--reuse", "3", "--min-idle", "2"));
	pid_t who[60];
	unsigned times[60], most = 0;
	size_t n = visits(r, 60, who, times);

	for (size_t i = 0; i < n; i++) {
		cr_assert_leq(times[i], 3);
		most = times[i] > most ? times[i] : most;
		cr_assert(times[i] < 3 ||
		    rig_all_gone(&who[i], 1, rig_patience_ms()));
	}
	cr_assert_eq(most, 3, "nobody was used again");
	cr_assert_eq(rig_stop(r), 0);
}

Test(isolation, reuse_has_no_end)
{
	struct rig *r =
	    rig_start(UPPERD("--isolation", "reuse", "--min-idle", "2"));
	pid_t who[60];
	unsigned times[60];

	/* The pool may shrink by one now and then, but nobody was used up. */
	cr_assert_leq(visits(r, 60, who, times), 16);
	cr_assert_eq(rig_stop(r), 0);
}

/* Where a process has its own program in memory. */
static unsigned long
layout(pid_t pid)
{
	char path[64];
	unsigned long where = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	cr_assert_not_null(f, "%s: %s", path, strerror(errno));
	cr_assert_eq(fscanf(f, "%lx", &where), 1);
	fclose(f);
	return where;
}

static unsigned
different_layouts(struct rig *r, unsigned visits)
{
	unsigned long seen[16];
	unsigned different = 0;

	for (unsigned i = 0; i < visits; i++) {
		int fd = rig_open(r, "upper 127");
		unsigned j = 0;

		cr_assert(hello(fd));
		seen[i] = layout(rig_server_of(fd, rig_pid(r)));
		while (seen[j] != seen[i])
			j++;
		different += j == i;
		close(fd);
	}
	return different;
}

Test(isolation, exec_gives_each_child_a_layout_of_its_own)
{
	struct rig *plain = rig_start(UPPERD("--reuse", "1"));
	struct rig *exec = rig_start(UPPERD("--isolation", "exec"));

	cr_assert_eq(different_layouts(plain, 6), 1);
#ifndef BERTH_ASAN /* whose shadow comes first, always in the same place */
	/* Equal by chance: once in millions of runs. */
	cr_assert_geq(different_layouts(exec, 6), 5);
#endif
	cr_assert_eq(rig_stop(exec), 0);
}

Test(isolation, exec_children_know_the_options_and_the_peer)
{
	struct rig *r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0",
	    "--exec", "--text", "Good day"));
	int fd = rig_open(r, "greet");

	cr_assert(rig_expect(fd, "Good day"));
	close(fd);
	cr_assert(rig_hear(r, "Got connection from 127.0.0.1 "));
	cr_assert_eq(rig_out_size(r),
	    strlen("ready greet \n") + strlen(rig_address(r, "greet")),
	    "a child announced itself");
	cr_assert_eq(rig_stop(r), 0);
}

Test(isolation, it_keeps_its_least_ready_grows_and_shrinks)
{
	struct rig *r = rig_start(UPPERD("--min-idle", "3", "--max-idle", "6"));
	int fd[40];

	cr_assert(rig_children_become(rig_pid(r), 3, 3));
	for (int i = 0; i < 40; i++) {
		fd[i] = rig_open(r, "upper 127");
		cr_assert(hello(fd[i]), "client %d", i);
	}
	cr_assert(rig_children_become(rig_pid(r), 43, 46));
	for (int i = 0; i < 40; i++)
		close(fd[i]);
	cr_assert(rig_children_become(rig_pid(r), 3, 3));
	cr_assert_eq(rig_stop(r), 0);
}

Test(isolation, no_more_than_max_children_and_the_next_is_served_in_turn)
{
	struct rig *r = rig_start(UPPERD("--max-children", "2"));
	int a = rig_open(r, "upper 127"), b, c;

	cr_assert(hello(a));
	rig_pause_ms(20); /* so that it is the elder */
	b = rig_open(r, "upper 127");
	cr_assert(hello(b));
	cr_assert(
	    rig_expect_silence(a, 50), "nobody waits, and it is sent off");
	cr_assert_eq(rig_children(rig_pid(r), NULL, 0), 2);
	/* Both are between two lines: the elder is asked to yield. */
	c = rig_open(r, "upper 127");
	cr_assert(hello(c));
	cr_assert(rig_expect_end(a));
	cr_assert(hello(b));
	cr_assert_leq(rig_children(rig_pid(r), NULL, 0), 2);
	cr_assert_eq(rig_stop(r), 0);
}

static bool
is_served(void *arg)
{
	int fd = rig_open(arg, "upper 127");
	char in[8];
	bool served = send(fd, "Hello\n", 6, MSG_NOSIGNAL) == 6 &&
	    rig_receive(fd, in, sizeof(in)) == 6;

	close(fd);
	return served;
}

Test(isolation, per_client_counts_those_who_are_here)
{
	struct rig *r = rig_start(UPPERD("--per-client", "2"));
	int a = rig_open(r, "upper 127"), b = rig_open(r, "upper 127");

	cr_assert(hello(a) && hello(b));
	for (int i = 0; i < 5; i++) {
		int c = rig_open(r, "upper 127");

		cr_assert(rig_expect_end(c), "a third came in");
		close(c);
	}
	cr_assert(hello(a) && hello(b));
	rig_half_close(a);
	cr_assert(rig_expect_end(a));
	/* Its place is free once its child has been reaped. */
	cr_assert(rig_until("a third comes in", is_served, r));
	cr_assert_eq(rig_stop(r), 0);
}

/* Each costs a child some milliseconds: five thousand names. */
static bool
list(struct rig *r)
{
	struct rig_reply reply;
	bool good = rig_get(rig_address(r, "http"), "/", &reply) &&
	    reply.status == 200 && reply.body.n > 100000;

	rig_reply_free(&reply);
	return good;
}

/* Whoever starts the server may have a limit on CPU time (ulimit -t): a child
 * that serves many ends in time, and not in the middle of a client. */
static void
see_none_cut(const char *level)
{
	const char *dir = rig_place();
	struct rig *r;
	char name[64];

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "many/a-file-of-many-%04d.txt", i);
		rig_file(dir, name, "");
	}
	r = rig_start(RIG("/bin/sh", "-c", "ulimit -t 2; exec \"$0\" \"$@\"",
	    rig_path("berth-httpd"), "-l", "127.0.0.1:0", "--max-children", "2",
	    "--min-idle", "1", "--max-idle", "1", "--isolation", level,
	    rig_in(dir, "many")));
	cr_expect(rig_hear(r, "ulimit -t"));
	for (int i = 0; i < 180; i++)
		cr_assert(list(r), "%s: the %dth: %s", level, i, rig_err(r));
	cr_expect_null(strstr(rig_err(r), "SIGXCPU"), "%s", rig_err(r));
	cr_expect_null(strstr(rig_err(r), "SIGKILL"), "%s", rig_err(r));
	cr_assert_eq(rig_stop(r), 0);
}

Test(isolation, a_low_limit_of_cpu_time_cuts_no_client)
{
	see_none_cut("reuse");
}

Test(isolation, nor_one_of_a_child_that_is_put_back)
{
	ONLY_WHERE_RESTORED;
	see_none_cut("restore");
}

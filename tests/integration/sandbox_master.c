/*
 * sandbox_master.c - what a child that was taken over can make its master
 * believe, and how long it can hold its place.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"
#include "system/clock.h"

#define VISITS 40

static pid_t
visit(struct rig *r)
{
	int fd = rig_open(r, FAULTY " 127");
	pid_t pid = faulty_who(fd);

	close(fd);
	return pid;
}

/* A connection whose child says or does this, and lives on. */
static pid_t
bad_child(struct rig *r, const char *word, const char *answer, int *fd)
{
	pid_t pid;

	*fd = rig_open(r, FAULTY " 127");
	pid = faulty_who(*fd);
	cr_assert(rig_send(*fd, word));
	cr_assert(rig_expect(*fd, answer));
	return pid;
}

/*
 * A child that has taken its datagram has had its one connection.
 */
Test(sandbox_master, idle_it_says_where_nobody_is_used_again)
{
	struct rig *r;
	int udp;

	setenv(FAULTY_DATAGRAMS, "1", 1);
	r = faulty_start(NULL);
	udp = rig_open(r, FAULTY " udp");
	cr_assert(rig_send(udp, "say i\n"));
	cr_assert(rig_children_become(rig_pid(r), 5, 5));
	/* Who is handed to it would wait for ever. */
	for (int i = 0; i < VISITS; i++)
		visit(r);
	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait(r), 0);
}

Test(sandbox_master, idle_it_says_more_often_than_reuse_allows)
{
	struct rig *r = faulty_start(RIG("--reuse", "5"));
	int fd = rig_open(r, FAULTY " 127");
	int stolen = 1; /* the first */

	cr_assert(rig_send(fd, "steal\n"));
	for (int i = 0; i < VISITS; i++) {
		int next = rig_open(r, FAULTY " 127");
		char c = '?';

		if (send(next, "pid\n", 4, MSG_NOSIGNAL) == 4 &&
		    rig_receive(next, &c, 1) == 1 && c == 's')
			stolen++;
		close(next);
	}
	cr_assert_leq(stolen, 5, "it got %d", stolen);
	cr_assert_geq(stolen, 2, "nothing was stolen");
	cr_assert(rig_hear(r, "which no child does: it is killed"));
	cr_assert_eq(rig_stop(r), 0);
}

Test(sandbox_master, idle_it_says_twice)
{
	struct rig *r = faulty_start(RIG("--reuse", "0"));
	int fd = rig_open(r, FAULTY " 127");
	pid_t pid = faulty_who(fd);

	cr_assert(rig_send(fd, "say ii\n"));
	cr_assert(rig_hear(
	    r, "says 1 bytes (0x69) between two connections, which no child"));
	cr_assert(rig_all_gone(&pid, 1, rig_patience_ms()));
	visit(r);
	cr_assert_eq(rig_stop(r), 0);
}

/* The first clients of all: nothing has worked yet. */
Test(sandbox_master, that_it_could_not_begin)
{
	struct rig *r = faulty_start(RIG("--min-idle", "2"));

	for (int i = 0; i < 20; i++) {
		int fd = rig_open(r, FAULTY " 127");
		char byte;

		cr_assert(rig_send(fd, "exit 40\n"));
		cr_assert(rig_receive(fd, &byte, 1) <= 0);
		close(fd);
	}
	for (int i = 0; i < VISITS; i++)
		visit(r);
	cr_assert_null(strstr(rig_err(r), "no child can begin"));
	cr_assert_eq(rig_stop(r), 0);
}

Test(sandbox_master, a_code_that_no_child_has)
{
	struct rig *r = faulty_start(NULL);
	int fd = rig_open(r, FAULTY " 127");

	cr_assert(rig_send(fd, "exit 77\n"));
	cr_assert(rig_hear(
	    r, "left with code 77, which means nothing while it serves"));
	cr_assert(rig_hear(r, "reloading"), "it counts as a crash");
	visit(r);
	cr_assert_eq(rig_stop(r), 0);
}

Test(sandbox_master, no_connection_is_longer_than_its_service_allows)
{
	struct rig *r;
	int fd;
	pid_t pid;

	setenv(FAULTY_LONGEST_MS, "1500", 1);
	r = faulty_start(NULL);
	pid = bad_child(r, "stay\n", "staying\n", &fd);
	cr_assert(rig_hear(r, "is past its last moment and is killed"));
	cr_assert(rig_all_gone(&pid, 1, rig_patience_ms()));
	cr_assert(rig_expect_end(fd));
	visit(r);
	cr_assert_eq(rig_stop(r), 0);
}

/* ... unless bytes move on it, by the kernel's account. */
Test(sandbox_master, a_client_with_whom_bytes_move_is_not_cut)
{
	struct rig *r;
	int fd;
	int64_t until;

	setenv(FAULTY_LONGEST_MS, "1000", 1);
	r = faulty_start(NULL);
	fd = rig_open(r, FAULTY);
	until = clock_ms() + 5000;
	while (clock_ms() < until) {
		cr_assert(rig_send(fd, "echo still\n"));
		cr_assert(rig_expect(fd, "still\n"));
		rig_pause_ms(100);
	}
	cr_assert_eq(rig_count(r, "past its last moment"), 0);
	/* It says nothing of itself; and then nothing moves. */
	cr_assert(rig_send(fd, "stay\n"));
	cr_assert(rig_expect(fd, "staying\n"));
	cr_assert(rig_hear(r, "is past its last moment and is killed"));
	cr_assert(rig_expect_end(fd));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

/* The moment is passed on with the child. */
Test(sandbox_master, not_even_by_a_reload)
{
	struct rig *r;
	int fd;
	pid_t pid;

	setenv(FAULTY_LONGEST_MS, "2500", 1);
	r = faulty_start(NULL);
	pid = bad_child(r, "stay\n", "staying\n", &fd);
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	cr_assert(rig_hear(r, "is past its last moment and is killed"));
	cr_assert(rig_all_gone(&pid, 1, rig_patience_ms()));
	visit(r);
	cr_assert_eq(rig_stop(r), 0);
}

/* A whole pool of them gives way to those who wait, after the grace. */
Test(sandbox_master, who_does_not_make_room_is_ended_when_others_wait)
{
	int64_t until = rig_deadline();
	bool served = false;
	pid_t bad[2];
	struct rig *r;
	int a, b;

	setenv(FAULTY_YIELDS, "1", 1);
	r = faulty_start(RIG("--max-children", "2", "--grace", "1"));
	bad[0] = bad_child(r, "stay\n", "staying\n", &a);
	bad[1] = bad_child(r, "stay\n", "staying\n", &b);
	while (!served && clock_left_ms(until) > 0) {
		int fd = rig_open(r, FAULTY " 127");
		char c = '?';

		served = send(fd, "pid\n", 4, MSG_NOSIGNAL) == 4 &&
		    rig_receive(fd, &c, 1) == 1;
		close(fd);
	}
	cr_assert(served);
	cr_assert(rig_hear(r, "is ended: others wait"));
	cr_assert(rig_is_gone(bad[0]) || rig_is_gone(bad[1]));
	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait(r), 0);
}

/* Let go (here by a reload), it has nothing left to do. */
Test(sandbox_master, who_does_not_go_when_let_go_is_killed)
{
	struct rig *r = faulty_start(RIG("--reuse", "0"));
	int fd;
	pid_t pid = bad_child(r, "say i\n", "said\n", &fd);

	rig_signal(r, SIGHUP);
	cr_assert(rig_all_gone(&pid, 1, rig_patience_ms()));
	cr_assert(rig_hear(r, "is past its last moment and is killed"));
	visit(r);
	cr_assert_eq(rig_stop(r), 0);
}

/* One drain, one grace. */
Test(sandbox_master, a_drain_does_not_wait_for_it)
{
	struct rig *r = faulty_start(RIG("--grace", "1"));
	int fd;
	pid_t pid = bad_child(r, "stay\n", "staying\n", &fd);

	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_is_gone(pid));
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

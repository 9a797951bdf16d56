/*
 * drain.c - how a server is ended: TERM, INT, QUIT, twice, and after
 * the grace; nobody who was let in loses an answer.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/clock.h"

#define THANKS    "Thank you for connecting"
#define CROWD     40
#define AT_ONCE   rig_slower_ms(5000) /* on a loaded machine; the grace is 30 s */
#define LONG_TEXT 100000

static bool
is_stopped(void *arg)
{
	return rig_state(*(pid_t *)arg) == 'T';
}

static void
freeze(struct rig *r)
{
	pid_t pid = rig_pid(r);

	rig_signal(r, SIGSTOP);
	cr_assert(rig_until("the master is stopped", is_stopped, &pid));
}

/*
 * A greeter with a client that does not read: neither gets on.
 */
static struct rig *
stuck(const char *grace, int *fd)
{
	static char text[LONG_TEXT + 1];
	struct rig *r;

	memset(text, 'x', LONG_TEXT);
	r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0", "--text", text,
	    "--grace", grace));
	*fd = rig_connect_narrow(rig_address(r, "greet"));
	cr_assert(rig_hear(r, "Got connection from"));
	return r;
}

Test(drain, without_clients_it_ends_at_once)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGQUIT };

	for (size_t i = 0; i < 3; i++) {
		struct rig *r = rig_start(RIG("berth-greetd", "-l", "0"));
		pid_t child[16];
		size_t n;

		cr_assert(rig_children_become(rig_pid(r), 4, 4));
		n = rig_children(rig_pid(r), child, 16);
		rig_signal(r, signals[i]);
		cr_assert_eq(rig_wait_ms(r, AT_ONCE), 0);
		cr_assert(rig_all_gone(child, n, 0));
	}
}

Test(drain, clients_that_are_idle_are_let_go_at_once)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
	int fd[CROWD];
	int64_t start;

	for (int i = 0; i < CROWD; i++) {
		fd[i] = rig_open(r, "upper");
		cr_assert(rig_send(fd[i], "spoken"));
		cr_assert(rig_expect(fd[i], "SPOKEN"));
	}
	start = clock_ms();
	rig_signal(r, SIGTERM);
	for (int i = 0; i < CROWD; i++) {
		cr_assert(rig_expect_end(fd[i]));
		close(fd[i]);
	}
	cr_assert_eq(rig_wait(r), 0);
	cr_assert_leq(clock_ms() - start, AT_ONCE);
}

Test(drain, a_client_that_is_silent_from_the_start_does_not_hold_it)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
	int fd = rig_open(r, "upper");

	rig_signal(r, SIGTERM);
	cr_assert(rig_expect_end(fd));
	cr_assert_eq(rig_wait_ms(r, AT_ONCE), 0);
}

Test(drain, who_waits_in_the_backlog_is_served)
{
	struct rig *r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0"));
	const char *where = rig_address(r, "greet");
	int fd[CROWD];

	freeze(r);
	for (int i = 0; i < CROWD; i++) {
		fd[i] = rig_connect(where);
		cr_assert_geq(fd[i], 0);
	}
	rig_signal(r, SIGTERM);
	rig_signal(r, SIGCONT);
	for (int i = 0; i < CROWD; i++) {
		cr_assert(rig_expect(fd[i], THANKS), "client %d", i);
		cr_assert(rig_expect_end(fd[i]));
	}
	cr_assert_eq(rig_wait(r), 0);
}

Test(drain, requests_already_sent_are_answered)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
	const char *where = rig_address(r, "upper");
	int old[10], fresh[10];

	for (int i = 0; i < 10; i++) {
		old[i] = rig_connect(where);
		cr_assert(rig_send(old[i], "one"));
		cr_assert(rig_expect(old[i], "ONE"));
	}
	freeze(r);
	for (int i = 0; i < 10; i++) {
		cr_assert(rig_send(old[i], "two"));
		fresh[i] = rig_connect(where);
		cr_assert(rig_send(fresh[i], "first"));
	}
	rig_signal(r, SIGTERM);
	rig_signal(r, SIGCONT);
	for (int i = 0; i < 10; i++) {
		cr_assert(rig_expect(old[i], "TWO"));
		cr_assert(rig_expect_end(old[i]));
		cr_assert(rig_expect(fresh[i], "FIRST"), "client %d", i);
		cr_assert(rig_expect_end(fresh[i]));
	}
	cr_assert_eq(rig_wait(r), 0);
}

Test(drain, the_door_is_closed_while_it_drains)
{
	struct rig *r;
	unsigned port;
	int fd;

	r = stuck("30", &fd);
	port = rig_port(r, "greet");
	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "draining"));
	cr_assert_eq(rig_connect_port(port), -1);
	cr_assert_eq(errno, ECONNREFUSED);
	cr_assert_not(rig_ended(r));
	/* Now it reads, and gets everything. */
	for (int i = 0; i < LONG_TEXT / 1000; i++) {
		char want[1001];

		memset(want, 'x', 1000);
		want[1000] = '\0';
		cr_assert(rig_expect(fd, want));
	}
	cr_assert(rig_expect_end(fd));
	cr_assert_eq(rig_wait(r), 0);
}

Test(drain, the_grace_has_an_end)
{
	int64_t start;
	struct rig *r;
	int fd;

	r = stuck("0.5", &fd);
	start = clock_ms();
	rig_signal(r, SIGTERM);
	cr_assert_eq(rig_wait(r), 0);
	cr_assert_geq(clock_ms() - start, 490);
	cr_assert_leq(clock_ms() - start, 500 + AT_ONCE);
	close(fd);
}

Test(drain, asked_twice_it_does_not_wait)
{
	struct rig *r;
	int fd;

	r = stuck("30", &fd);
	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "draining"));
	cr_assert_not(rig_ended(r));
	rig_signal(r, SIGTERM);
	cr_assert_eq(rig_wait_ms(r, AT_ONCE), 0);
	close(fd);
}

/*
 * timeout(1) sends what it is told itself to the server and to the whole
 * group, so that the server has it twice.
 */
Test(drain, what_its_whole_group_is_sent_is_asked_once)
{
	static char text[LONG_TEXT + 1];

	memset(text, 'x', LONG_TEXT);
	for (int i = 0; i < 20; i++) {
		struct rig *r = rig_start(
		    RIG("/usr/bin/timeout", "600", rig_path("berth-greetd"),
			"-l", "127.0.0.1:0", "--text", text, "--grace", "30"));
		int fd = rig_connect_narrow(rig_address(r, "greet"));
		struct buf got;

		cr_assert(rig_hear(r, "Got connection from"));
		rig_signal(r, SIGTERM);
		cr_assert(rig_hear(r, "draining"));
		buf_init(&got, LONG_TEXT + 10);
		cr_assert(rig_read_all(fd, &got));
		cr_assert_eq(got.n, LONG_TEXT);
		buf_free(&got);
		close(fd);
		cr_assert_eq(rig_wait(r), 0);
		cr_assert_eq(rig_count(r, "cut short"), 0, "%s", rig_err(r));
	}
}

/* Two from any other process are two, however soon, also of its own group. */
Test(drain, asked_twice_by_a_script_it_does_not_wait)
{
	static const char script[] =
	    "ask() { kill $p; sleep 0.02; kill $p; }; trap ask TERM; "
	    "\"$@\" & p=$!; wait $p; wait $p";
	static char text[LONG_TEXT + 1];
	struct rig *r;
	int fd;

	memset(text, 'x', LONG_TEXT);
	r = rig_start(
	    RIG("/bin/sh", "-c", script, "sh", rig_path("berth-greetd"), "-l",
		"127.0.0.1:0", "--text", text, "--grace", "30"));
	fd = rig_connect_narrow(rig_address(r, "greet"));
	cr_assert(rig_hear(r, "Got connection from"));
	rig_signal(r, SIGTERM);
	cr_assert_eq(rig_wait_ms(r, AT_ONCE), 0);
	close(fd);
}

Test(drain, who_serves_nobody_is_not_cut_short)
{
	struct rig *r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0"));

	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait(r), 0);
	cr_assert_eq(rig_count(r, "cut short"), 0, "%s", rig_err(r));
}

Test(drain, quit_stops_now)
{
	pid_t child[32];
	struct rig *r;
	size_t n;
	int fd;

	r = stuck("30", &fd);
	n = rig_children(rig_pid(r), child, 32);
	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait_ms(r, AT_ONCE), 0);
	cr_assert(rig_all_gone(child, n, 0));
	close(fd);
}

Test(drain, a_full_house_drains_without_a_reset)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0",
	    "--max-children", "3", "--max-idle", "3", "--min-idle", "3"));
	const char *where = rig_address(r, "upper");
	int in[3], out[3];

	for (int i = 0; i < 3; i++) {
		in[i] = rig_connect(where);
		cr_assert(rig_send(in[i], "in"));
		cr_assert(rig_expect(in[i], "IN"));
	}
	freeze(r);
	for (int i = 0; i < 3; i++) {
		out[i] = rig_connect(where);
		cr_assert(rig_send(out[i], "out"));
	}
	rig_signal(r, SIGTERM);
	rig_signal(r, SIGCONT);
	for (int i = 0; i < 3; i++)
		cr_assert(rig_expect_end(in[i]));
	/* Room was made for them in time, or each is told in order. */
	for (int i = 0; i < 3; i++) {
		struct buf got;

		buf_init(&got, 100);
		cr_assert(rig_read_all(out[i], &got), "client %d", i);
		cr_assert(got.n == 0 || slice_is(buf_slice(&got), "OUT"));
		buf_free(&got);
	}
	cr_assert_eq(rig_wait(r), 0);
}

Test(drain, usr1_is_not_the_end)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0"));
	int fd = rig_open(r, "upper");

	cr_assert(rig_send(fd, "before"));
	cr_assert(rig_expect(fd, "BEFORE"));
	rig_signal(r, SIGUSR1);
	cr_assert(rig_hear(r, "reopen"));
	cr_assert(rig_send(fd, "after"));
	cr_assert(rig_expect(fd, "AFTER"));
	close(fd);
	fd = rig_open(r, "upper");
	cr_assert(rig_send(fd, "new"));
	cr_assert(rig_expect(fd, "NEW"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

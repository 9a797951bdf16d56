/*
 * web.c - chaos around a site: crashes, storms, resets, reloads, want.  All
 * along an ordinary client must get each of its pages.  Those who are slow are
 * in slow.c, all the ways for a child to die in crash.c.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chaos/judge.h"
#include "rig/crowd.h"
#include "rig/pulse.h"
#include "rig/rig.h"
#include "system/clock.h"

#define CROWD 500 /* clients at a time */
#define SPARE 24  /* idle children, and the ordinary client's */

static struct rig *r;
static const char *address;

/* The ADDRESS of a unix socket in this directory. */
static const char *
unix_in(const char *dir)
{
	static char text[200];

	snprintf(text, sizeof(text), "unix:%s", rig_in(dir, "s"));
	return text;
}

static void
start(void)
{
	const char *dir = rig_place();

	rig_file(dir, "index.html", "<p>the page ends here");
	rig_file_pattern(dir, "large", 8 << 20);
	r = rig_start(
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "-l", unix_in(dir),
		"--access-log", "off", "--max-children", "1000", dir));
	address = rig_address(r, "http 127");
}

static struct rig_pulse *
pulse(void)
{
	struct rig_pulse *p = rig_pulse_get(address, "/", "the page ends here");

	cr_assert(rig_pulse_beats(p, 10));
	return p;
}

/* Talk to a child until we know which it is. */
static pid_t
meet(int *fd)
{
	*fd = rig_connect_traced(rig_address(r, "http unix:"));
	cr_assert_geq(*fd, 0);
	cr_assert(rig_send(*fd, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	return rig_speaker(*fd);
}

Test(chaos_web, a_thousand_crashes)
{
	struct rig_pulse *p;
	size_t named;

	start();
	p = pulse();
	for (int i = 0; i < 1000; i++) {
		pid_t victim;
		int fd;

		victim = meet(&fd);
		cr_assert_gt(victim, 0);
		cr_assert_eq(kill(victim, SIGSEGV), 0);
		close(fd);
	}
	cr_expect(rig_hear_times(r, "crashed: SIGSEGV", 1000));
	named = rig_count(r, "crashed: SIGSEGV");
	judge("crash: SIGSEGV sent to a site's child", 1000, named, p);
	cr_expect_eq(rig_stop(r), 0);
}

Test(chaos_web, storms_of_connects)
{
	struct rig_pulse *p;
	size_t taken = 0;

	start();
	p = pulse();
	for (int i = 0; i < 5000; i++) {
		int fd = rig_connect(address);

		if (fd < 0)
			continue;
		taken++;
		if (i % 3 == 1)
			rig_send(fd, "GET / HTTP/1.1\r\nHo");
		if (i % 3 == 2)
			close(fd);
		else
			rig_reset(fd);
	}
	cr_expect(rig_children_become(rig_pid(r), 0, SPARE));
	judge("storm: connect, a word or none, hang up", 5000, taken, p);
	cr_expect_eq(rig_stop(r), 0);
}

/*
 * All are in the middle of a large file when all of them reset.
 */
Test(chaos_web, resets_in_mid_reply)
{
	struct rig_crowd c;
	struct rig_pulse *p;
	char some[64];
	size_t left;

	start();
	p = pulse();
	rig_crowd_open(&c, CROWD, RIG_CROWD_STILL);
	for (int i = 0; i < CROWD; i++) {
		rig_crowd_add(&c, rig_connect_narrow(address));
		cr_assert(rig_send(
		    c.fd[i], "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	}
	for (int i = 0; i < CROWD; i++)
		cr_assert_gt(rig_receive(c.fd[i], some, sizeof(some)), 0);
	cr_assert(rig_children_become(rig_pid(r), CROWD, CROWD + SPARE));
	rig_crowd_leave(&c);
	cr_expect(rig_children_become(rig_pid(r), 0, SPARE));
	left = rig_children(rig_pid(r), NULL, 0);
	judge("storm: all reset in mid-reply", CROWD, left <= SPARE ? CROWD : 0,
	    p);
	cr_expect_eq(rig_stop(r), 0);
}

Test(chaos_web, children_that_are_stopped)
{
	enum { HELD = 100 };
	static int fd[HELD];
	static pid_t child[HELD];
	struct rig_pulse *p;
	size_t ended = 0;

	start();
	p = pulse();
	for (int i = 0; i < HELD; i++) {
		child[i] = meet(&fd[i]);
		cr_assert_gt(child[i], 0);
		kill(child[i], SIGSTOP);
	}
	cr_assert(rig_pulse_beats(p, 200));
	/* They are of no use any more, but not out of reach. */
	for (int i = 0; i < HELD; i++)
		kill(child[i], SIGKILL);
	for (int i = 0; i < HELD; i++) {
		ended += rig_all_gone(&child[i], 1, rig_patience_ms());
		close(fd[i]);
	}
	judge("crash: stopped for good", HELD, ended, p);
	cr_expect_eq(rig_stop(r), 0);
}

Test(chaos_web, fifty_reloads)
{
	struct rig_pulse *p, *q;
	size_t reloads = 0;

	start();
	p = pulse();
	q = pulse();
	for (int i = 1; i <= 50; i++) {
		rig_signal(r, SIGHUP);
		cr_assert(rig_hear_times(r, "reloading", (size_t)i));
		reloads += (size_t)rig_pulse_beats(p, 3);
	}
	judge("reload: seen by one client", 50, reloads, p);
	judge("reload: seen by another", 50, reloads, q);
	cr_expect_eq(rig_stop(r), 0);
}

Test(chaos_web, no_descriptors_left)
{
	struct rlimit old, few = { 0, 0 };
	int64_t begun, longest = 0;
	struct rig_pulse *p;
	size_t survived = 0;

	start();
	p = pulse();
	cr_assert_eq(prlimit(rig_pid(r), RLIMIT_NOFILE, NULL, &old), 0);
	few.rlim_cur = 8;
	few.rlim_max = old.rlim_max;
	for (int i = 0; i < 20; i++) {
		begun = clock_ms();
		cr_assert_eq(prlimit(rig_pid(r), RLIMIT_NOFILE, &few, NULL), 0);
		rig_pause_ms(30);
		cr_assert_eq(prlimit(rig_pid(r), RLIMIT_NOFILE, &old, NULL), 0);
		if (clock_ms() - begun > longest)
			longest = clock_ms() - begun;
		survived += (size_t)rig_pulse_beats(p, 1);
	}
	judge("want: no descriptors for a while", 20, survived, p);
	/* Those that are on their way at once do not make the pause longer. */
	cr_expect(longest > 250 || rig_count(r, "trying again in 320 ms") == 0);
	cr_expect_eq(rig_stop(r), 0);
}

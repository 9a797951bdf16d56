/*
 * web.c - chaos around a site: crashes, storms, slow and rude clients, reloads.
 * All along an ordinary client must get each of its pages.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/http.h"
#include "rig/pulse.h"
#include "rig/rig.h"

#define CROWD     500 /* slow clients at a time */
#define MEDIAN_MS 100 /* that an ordinary client may wait meanwhile */

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
	struct rlimit files = { 4096, 4096 };

	setrlimit(RLIMIT_NOFILE, &files);
	rig_file(dir, "index.html", "<p>the page ends here");
	rig_file_pattern(dir, "large", 8 << 20);
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "-l",
	    unix_in(dir), "--access-log", "off", "--max-children", "600",
	    "--timeout", "5", "--echo", "/echo", dir));
	address = rig_address(r, "http 127");
}

static struct rig_pulse *
pulse(void)
{
	struct rig_pulse *p = rig_pulse_get(address, "/", "the page ends here");

	cr_assert(rig_pulse_beats(p, 10));
	return p;
}

static void
judge(const char *fault, size_t times, struct rig_pulse *p)
{
	struct rig_pulse_result seen;

	cr_assert(rig_pulse_beats(p, 10));
	seen = rig_pulse_stop(p);
	rig_pulse_row(fault, times, &seen);
	cr_expect_eq(seen.lost, 0, "%s: %zu lost, the first: %s", fault,
	    seen.lost, seen.first_loss);
	cr_expect_lt(seen.median_ms, MEDIAN_MS, "%s: median %.1f ms", fault,
	    seen.median_ms);
}

/* Talk to a child until we know which it is. */
static pid_t
meet(int *fd)
{
	*fd = rig_connect_traced(rig_address(r, "http unix:"));
	cr_assert_geq(*fd, 0);
	cr_assert(rig_send(*fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
	return rig_speaker(*fd);
}

Test(chaos_web, a_thousand_crashes)
{
	struct rig_pulse *p;

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
	judge("a child dies of SIGSEGV", 1000, p);
	cr_expect_geq(rig_count(r, "crashed: SIGSEGV"), 1000);
	cr_expect_eq(rig_stop(r), 0);
}

Test(chaos_web, storms_of_connects)
{
	struct rig_pulse *p;

	start();
	p = pulse();
	for (int i = 0; i < 3000; i++) {
		int fd = rig_connect(address);

		cr_assert_geq(fd, 0);
		if (i % 3 == 1)
			rig_send(fd, "GET / HTTP/1.1\r\nHo");
		if (i % 3 == 2)
			close(fd);
		else
			rig_reset(fd);
	}
	judge("connect, a word or none, reset", 3000, p);
	cr_expect_eq(rig_stop(r), 0);
}

/* A crowd that says these words and then lets us wait. */
static void
crowd(const char *fault, const char *words, bool narrow)
{
	static int fd[CROWD];
	struct rig_pulse *p;

	start();
	p = pulse();
	for (int i = 0; i < CROWD; i++) {
		fd[i] =
		    narrow ? rig_connect_narrow(address) : rig_connect(address);
		cr_assert_geq(fd[i], 0);
		if (words[0] != '\0')
			cr_assert(rig_send(fd[i], words));
	}
	cr_assert(rig_pulse_beats(p, 200));
	judge(fault, CROWD, p);
	for (int i = 0; i < CROWD; i++)
		rig_reset(fd[i]);
	cr_expect_eq(rig_stop(r), 0);
}

Test(chaos_web, silent_clients)
{
	crowd("connected, silent", "", false);
}

Test(chaos_web, half_a_head)
{
	crowd("half a head, then nothing",
	    "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", false);
}

Test(chaos_web, half_a_body)
{
	crowd("half a body, then nothing",
	    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc",
	    false);
}

Test(chaos_web, readers_who_do_not_read)
{
	crowd("8 MiB asked for, not read",
	    "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", true);
}

Test(chaos_web, one_byte_at_a_time)
{
	static const char head[] = "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: yes";
	static int fd[CROWD];
	struct rig_pulse *p;

	start();
	p = pulse();
	for (int i = 0; i < CROWD; i++)
		cr_assert_geq(fd[i] = rig_connect(address), 0);
	for (size_t at = 0; at < sizeof(head) - 1; at += 4) {
		for (int i = 0; i < CROWD; i++)
			send(fd[i], head + at, 1, MSG_NOSIGNAL);
		rig_pause_ms(200);
	}
	judge("a byte now and then", CROWD, p);
	for (int i = 0; i < CROWD; i++)
		rig_reset(fd[i]);
	cr_expect_eq(rig_stop(r), 0);
}

Test(chaos_web, children_that_hang)
{
	enum { HUNG = 100 };
	static int fd[HUNG];
	struct rig_pulse *p;

	start();
	p = pulse();
	for (int i = 0; i < HUNG; i++) {
		pid_t child = meet(&fd[i]);

		cr_assert_gt(child, 0);
		kill(child, SIGSTOP);
	}
	judge("a child is stopped", HUNG, p);
	for (int i = 0; i < HUNG; i++)
		close(fd[i]);
	rig_signal(r, SIGQUIT);
	cr_expect_eq(rig_wait(r), 0);
}

static int
reloads_seen(void)
{
	return (int)rig_count(r, "reloading");
}

Test(chaos_web, fifty_reloads)
{
	struct rig_pulse *p, *q;

	start();
	p = pulse();
	q = pulse();
	for (int i = 1; i <= 50; i++) {
		rig_signal(r, SIGHUP);
		cr_assert(rig_hear_times(r, "reloading", (size_t)i));
		cr_assert(rig_pulse_beats(p, 3));
	}
	cr_expect_geq(reloads_seen(), 50);
	judge("reload, seen by one client", 50, p);
	judge("reload, seen by another", 50, q);
	cr_expect_eq(rig_stop(r), 0);
}

Test(chaos_web, no_descriptors_left)
{
	struct rlimit old, few = { 0, 0 };
	struct rig_pulse *p;
	struct rig_reply reply;

	start();
	p = pulse();
	cr_assert_eq(prlimit(rig_pid(r), RLIMIT_NOFILE, NULL, &old), 0);
	few.rlim_cur = 8;
	few.rlim_max = old.rlim_max;
	for (int i = 0; i < 20; i++) {
		cr_assert_eq(prlimit(rig_pid(r), RLIMIT_NOFILE, &few, NULL), 0);
		rig_pause_ms(30);
		cr_assert_eq(prlimit(rig_pid(r), RLIMIT_NOFILE, &old, NULL), 0);
		cr_assert(rig_pulse_beats(p, 1));
	}
	judge("no descriptors for a while", 20, p);
	cr_assert(rig_get(address, "/", &reply));
	cr_expect_eq(rig_stop(r), 0);
}

/*
 * signals.c - the signals by which people steer the master.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/clock.h"

#define UPPERD(...) RIG("berth-upperd", "-l", "127.0.0.1:0", __VA_ARGS__)

#define MUTE_MS 200 /* less than a reload waits for a client's first words */

static bool
hello(int fd)
{
	return rig_send(fd, "Hello\n") && rig_expect(fd, "HELLO\n");
}

/* A conversation that has begun. */
static int
talk(struct rig *r)
{
	int fd = rig_open(r, "upper 127");

	cr_assert(hello(fd));
	return fd;
}

Test(signals, term_and_int_end_it_with_success)
{
	static const int signals[] = { SIGTERM, SIGINT };

	for (size_t i = 0; i < 2; i++) {
		struct rig *r = rig_start(UPPERD("-q"));
		int fd = talk(r);

		rig_signal(r, signals[i]);
		/* Between two lines there is nothing to finish. */
		cr_assert(rig_expect_end(fd));
		cr_assert_eq(rig_wait_ms(r, 5000), 0);
	}
}

Test(signals, a_drain_refuses_new_clients)
{
	struct rig *r = rig_start(UPPERD("-q"));
	char address[64];

	snprintf(address, sizeof(address), "%s", rig_address(r, "upper 127"));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(rig_connect(address), -1);
	cr_assert_eq(errno, ECONNREFUSED);
}

/*
 * A server with a client that does not read what it asked for, so that its
 * child is in the middle of an answer.  Over a unix socket: there what does
 * not go in waits for nothing but the reader.  *fd becomes the connection.
 */
static struct rig *
with_stuck_client(const char *grace, int *fd)
{
	static char much[4096];
	char address[200];
	struct rig *r;

	snprintf(address, sizeof(address), "unix:%s", rig_in(rig_place(), "s"));
	r = rig_start(RIG("berth-upperd", "-l", address, "--grace", grace));
	*fd = rig_open(r, "upper");
	memset(much, 'x', sizeof(much));
	for (int still = 0; still < 750; rig_pause_ms(2))
		still = send(*fd, much, sizeof(much), MSG_DONTWAIT) > 0 ?
		    0 :
		    still + 1;
	return r;
}

Test(signals, quit_ends_a_drain_that_has_begun)
{
	int fd;
	struct rig *r = with_stuck_client("60", &fd);

	rig_signal(r, SIGTERM);
	cr_assert_eq(rig_wait_ms(r, 200), -1, "it did not wait for a client");
	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait_ms(r, 5000), 0);
	close(fd);
}

Test(signals, hup_renews_the_children_and_keeps_the_talks)
{
	struct rig *r = rig_start(UPPERD("-v"));
	int old = talk(r), fresh;
	pid_t before[16], server = rig_server_of(old, rig_pid(r));
	size_t n = rig_children(rig_pid(r), before, 16), idle = 0;

	for (size_t i = 0; i < n && i < 16; i++)
		if (before[i] != server)
			before[idle++] = before[i];
	rig_signal(r, SIGHUP);
	cr_assert(rig_all_gone(before, idle, rig_patience_ms()));
	fresh = talk(r);
	cr_assert(hello(old), "the talk was cut");
	cr_assert_neq(rig_server_of(fresh, rig_pid(r)), server);
	close(old);
	cr_assert(rig_all_gone(&server, 1, rig_patience_ms()),
	    "nobody reaps a child of the time before");
	cr_assert(hello(fresh));
	cr_assert_eq(rig_stop(r), 0);
}

Test(signals, a_drain_reaches_children_of_the_time_before)
{
	struct rig *r = rig_start(UPPERD("--grace", "60"));
	int old = talk(r);
	pid_t server = rig_server_of(old, rig_pid(r));

	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	close(talk(r));
	rig_signal(r, SIGTERM);
	cr_assert(rig_expect_end(old));
	cr_assert_eq(rig_wait_ms(r, 5000), 0);
	cr_assert(rig_is_gone(server));
}

Test(signals, no_client_is_lost_over_many_reloads)
{
	struct rig *r = rig_start(UPPERD("-q"));
	const char *address = rig_address(r, "upper 127");
	pid_t pid = rig_pid(r);
	int64_t came, said;
	int fd;

	for (int i = 0; i < 300; i++) {
		if (i % 20 == 0)
			rig_signal(r, SIGHUP);
		came = clock_ms();
		fd = rig_connect(address);
		cr_assert_geq(fd, 0, "client %d: %s", i, strerror(errno));
		cr_assert(rig_send(fd, "Hello\n"));
		said = clock_ms();
		/* Who said nothing for so long may have been let go. */
		cr_assert(rig_expect(fd, "HELLO\n") || said - came > MUTE_MS,
		    "client %d", i);
		close(fd);
	}
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(rig_pid(r), pid);
}

static const char *
copy_of_upperd(const char *place)
{
	struct buf program;
	const char *path;

	buf_init(&program, 64 << 20);
	cr_assert_eq(rig_slurp(rig_path("berth-upperd"), &program), 0);
	path = rig_file_bytes(place, "berth-upperd", program.p, program.n);
	cr_assert_eq(chmod(path, 0755), 0);
	buf_free(&program);
	return path;
}

Test(signals, a_broken_upgrade_leaves_the_old_one_running)
{
	const char *place = rig_place(), *path = copy_of_upperd(place);
	struct rig *r = rig_start(RIG(path, "-l", "127.0.0.1:0"));
	int old = talk(r);

	/* A new file under the old name, as an installation makes it. */
	rig_file(place, "new", "#!/nonexistent/interpreter\n");
	cr_assert_eq(chmod(rig_in(place, "new"), 0755), 0);
	cr_assert_eq(
	    rename(rig_in(place, "new"), rig_in(place, "berth-upperd")), 0);
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "no reload"));
	cr_assert(hello(old));
	close(talk(r));

	/* One that starts but does not like the options. */
	rig_file(place, "new", "#!/bin/sh\necho no such option >&2\nexit 64\n");
	cr_assert_eq(chmod(rig_in(place, "new"), 0755), 0);
	cr_assert_eq(
	    rename(rig_in(place, "new"), rig_in(place, "berth-upperd")), 0);
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear_times(r, "no reload", 2));
	cr_assert(hello(old));
	close(talk(r));

	/* And the good one again. */
	unlink(rig_in(place, "berth-upperd"));
	copy_of_upperd(place);
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	cr_assert(hello(old));
	close(talk(r));
	cr_assert_eq(rig_stop(r), 0);
}

Test(signals, signals_that_mean_nothing_do_nothing)
{
	static const int signals[] = { SIGPIPE, SIGURG, SIGWINCH, SIGCONT,
		SIGCHLD, SIGUSR1 };
	struct rig *r = rig_start(UPPERD("-q"));
	int fd = talk(r);

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		rig_signal(r, signals[i]);
	cr_assert(hello(fd));
	close(talk(r));
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * systemd_sockets.c - listeners that come from outside: the LISTEN_FDS
 * protocol of systemd's socket activation (sd_listen_fds(3)).
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rig/rig.h"

#define UPPERD(...) RIG("berth-upperd", __VA_ARGS__)

static bool
answers(int fd)
{
	bool good = rig_send(fd, "Hello\n") && rig_expect(fd, "HELLO\n");

	close(fd);
	return good;
}

static int
unix_listener(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&un, sizeof(un)) != 0 ||
	    listen(fd, 16) != 0)
		rig_die("%s: %s", path, strerror(errno));
	return fd;
}

Test(systemd_sockets, a_listener_is_used_instead_of_listen)
{
	unsigned port;
	int fds[] = { rig_listen(&port) };
	struct rig *r = rig_start_how(&(struct rig_how){
	    .argv = UPPERD("-l", "127.0.0.1:1"), /* not to be had, not used */
	    .fds = fds,
	    .fd_count = 1 });
	int fd;

	cr_assert_eq(rig_port(r, "upper 127.0.0.1"), port);
	cr_assert_eq(rig_count(r, "127.0.0.1:1\n"), 0);
	cr_assert(answers(rig_connect_port(port)));
	cr_assert_eq(rig_stop(r), 0);

	/* It was only borrowed: here it still accepts. */
	fd = rig_connect_port(port);
	cr_assert_geq(fd, 0);
	cr_assert_geq(accept(fds[0], NULL, NULL), 0);
}

Test(systemd_sockets, who_waited_before_the_start_is_served)
{
	unsigned port;
	int fds[] = { rig_listen(&port) }, early = rig_connect_port(port);

	cr_assert(rig_send(early, "Hello\n"));
	rig_start_how(&(struct rig_how){
	    .argv = UPPERD("-q"), .fds = fds, .fd_count = 1 });
	cr_assert(rig_expect(early, "HELLO\n"));
}

Test(systemd_sockets, streams_and_datagrams_together)
{
	unsigned tcp, udp;
	int fds[] = { rig_bind_udp(&udp), rig_listen(&tcp) };
	struct rig *r = rig_start_how(&(struct rig_how){
	    .argv = UPPERD("-q"), .fds = fds, .fd_count = 2 });
	int fd = rig_open(r, "upper udp:127");

	cr_assert_eq(rig_port(r, "upper udp:127"), udp);
	cr_assert_eq(rig_port(r, "upper 127"), tcp);
	cr_assert(rig_send(fd, "Hello"));
	cr_assert(rig_expect_datagram(fd, "HELLO", 5));
	cr_assert(answers(rig_open(r, "upper 127")));
	cr_assert_eq(rig_stop(r), 0);
}

Test(systemd_sockets, a_unix_listener_of_others_is_not_unlinked)
{
	const char *path = rig_in(rig_place(), "s");
	int fds[] = { unix_listener(path) };
	struct rig *r = rig_start_how(&(struct rig_how){
	    .argv = UPPERD("-q"), .fds = fds, .fd_count = 1 });

	cr_assert(answers(rig_open(r, "upper unix:")));
	rig_signal(r, SIGHUP);
	cr_assert(answers(rig_open(r, "upper unix:")));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(access(path, F_OK), 0);
}

Test(systemd_sockets, a_reload_keeps_what_came_from_outside)
{
	unsigned port;
	int fds[] = { rig_listen(&port) };
	struct rig *r = rig_start_how(&(struct rig_how){
	    .argv = UPPERD("-l", "127.0.0.1:1"), .fds = fds, .fd_count = 1 });

	for (int i = 0; i < 5; i++) {
		rig_signal(r, SIGHUP);
		cr_assert(answers(rig_connect_port(port)));
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(systemd_sockets, what_is_meant_for_another_process_is_left_alone)
{
	char line[512];
	struct rig *r;

	/* A stale LISTEN_PID: descriptor 3 is not even open. */
	snprintf(line, sizeof(line),
	    "LISTEN_FDS=1 LISTEN_PID=1 exec '%s' %s -l 127.0.0.1:0",
	    rig_path("berth-upperd"), rig_no_sandbox());
	r = rig_start(RIG("/bin/sh", "-c", line));
	cr_assert(answers(rig_open(r, "upper 127")));
	cr_assert_eq(rig_stop(r), 0);
}

Test(systemd_sockets, what_is_no_listener_is_a_bad_configuration)
{
	int ends[2], file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	rig_tcp_pair(ends);
	for (int i = 0; i < 2; i++) {
		struct rig *r =
		    rig_run_how(&(struct rig_how){ .argv = UPPERD("-q"),
			.fds = i ? &ends[1] : &file,
			.fd_count = 1 });

		cr_assert_eq(rig_wait(r), 78);
		cr_assert_eq(rig_count(r, "\n"), 1);
		cr_assert_eq(rig_count(r, "LISTEN_FDS"), 1);
		cr_assert_eq(rig_out_size(r), 0);
	}
}

Test(systemd_sockets, a_listener_that_no_service_takes_is_named)
{
	static const struct {
		const char *program, *names, *says;
		bool datagrams;
	} rows[] = {
		{ "berth", "LISTEN_FDNAMES=gopher", "3, \"gopher\"", false },
		{ "berth", "LISTEN_FDNAMES", "descriptor 3", false },
		{ "berth-httpd", "LISTEN_FDNAMES=http", "3, \"http\"", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const env[] = { rows[i].names, NULL };
		unsigned port;
		int fd =
		    rows[i].datagrams ? rig_bind_udp(&port) : rig_listen(&port);
		struct rig *r = rig_run_how(
		    &(struct rig_how){ .argv = RIG(rows[i].program, "-q"),
			.env = env,
			.dir = rig_place(),
			.fds = &fd,
			.fd_count = 1 });

		cr_expect_eq(rig_wait(r), 78, "row %zu", i);
		cr_expect_eq(rig_count(r, "LISTEN_FDNAMES: no service of ours"),
		    1, "row %zu: %s", i, rig_err(r));
		cr_expect_eq(rig_count(r, rows[i].says), 1, "row %zu: %s", i,
		    rig_err(r));
		close(fd);
	}
}

/* It is the only one, so that needs no name. */
Test(systemd_sockets, a_name_that_means_nothing_to_a_single_service)
{
	const char *const env[] = { "LISTEN_FDNAMES=whatever", NULL };
	unsigned port;
	int fd = rig_listen(&port);
	struct rig *r = rig_start_how(&(struct rig_how){
	    .argv = UPPERD("-q"), .env = env, .fds = &fd, .fd_count = 1 });

	cr_assert(answers(rig_connect_port(port)));
	cr_assert_eq(rig_stop(r), 0);
}

Test(systemd_sockets, children_do_not_inherit_the_announcement)
{
	unsigned port;
	int fds[] = { rig_listen(&port) };
	struct rig *r = rig_start_how(&(struct rig_how){
	    .argv = UPPERD("--exec"), .fds = fds, .fd_count = 1 });
	int fd = rig_connect_port(port);
	struct buf env;
	char path[64];

	cr_assert(rig_send(fd, "Hello\n"));
	cr_assert(rig_expect(fd, "HELLO\n"));
	snprintf(path, sizeof(path), "/proc/%d/environ",
	    (int)rig_server_of(fd, rig_pid(r)));
	buf_init(&env, 1 << 20);
	cr_assert_eq(rig_slurp(path, &env), 0, "%s: %s", path, strerror(errno));
	cr_assert_gt(env.n, 0);
	cr_assert_null(memmem(env.p, env.n, "LISTEN_", 7));
	cr_assert_null(memmem(env.p, env.n, "NOTIFY_SOCKET", 13));
}

/*
 * start.c - how a server starts: addresses, listeners from systemd,
 * and what is said when it cannot be.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

#define THANKS "Thank you for connecting"

static void
expect_greeting(int fd)
{
	cr_assert_geq(fd, 0);
	cr_assert(rig_expect(fd, THANKS));
	cr_assert(rig_expect_end(fd));
	close(fd);
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

Test(start, one_ready_line_for_each_listener_and_nothing_else)
{
	char at[128];
	struct rig *r;

	snprintf(at, sizeof(at), "unix:%s/s", rig_place());
	r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0", "-l", "[::1]:0",
	    "--listen", at));
	cr_assert_neq(rig_port(r, "upper 127."), 0);
	cr_assert_eq(rig_port(r, "upper 127."), rig_port(r, "upper udp:127."));
	cr_assert_neq(rig_port(r, "upper [::1]"), 0);
	cr_assert_eq(
	    rig_port(r, "upper [::1]"), rig_port(r, "upper udp:[::1]"));
	cr_assert_str_eq(rig_address(r, "upper unix:"), at);
	close(rig_open(r, "upper"));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(count_lines(rig_out(r)), 5, "%s", rig_out(r));
}

Test(start, ready_means_that_clients_are_served)
{
	for (int i = 0; i < 10; i++) {
		struct rig *r =
		    rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0"));

		expect_greeting(rig_open(r, "greet"));
		cr_assert_eq(rig_stop(r), 0);
	}
}

Test(start, what_is_wrong_is_said_in_one_line)
{
	static const struct {
		int code;
		const char *argv[4];
		const char *says[2]; /* both are in the line */
	} cases[] = {
		{ 64, { "--no-such" }, { "no-such", "" } },
		{ 64, { "-Z" }, { "Z", "" } },
		{ 64, { "--listen" }, { "listen", "" } },
		{ 64, { "-l", "host:" }, { "host:", "listen" } },
		{ 64, { "-l", "65536" }, { "65536", "listen" } },
		{ 64, { "-l", "-1" }, { "-1", "listen" } },
		{ 64, { "-l", "::1:80" }, { "::1:80", "listen" } },
		{ 64, { "-l", "" }, { "listen", "" } },
		{ 64, { "-l", "unix:" }, { "unix:", "listen" } },
		{ 64, { "--reuse", "x" }, { "reuse", "x" } },
		{ 64, { "--reuse", "-1" }, { "reuse", "-1" } },
		{ 64, { "--reuse=18446744073709551616" }, { "reuse", "" } },
		{ 64, { "--max-children", "0" }, { "max-children", "0" } },
		{ 64, { "--max-idle=2", "--min-idle=3" },
		    { "max-idle", "min-idle" } },
		{ 64, { "--timeout", "soon" }, { "timeout", "soon" } },
		{ 64, { "--log-format", "xml" }, { "log-format", "xml" } },
		{ 64, { "stray" }, { "stray", "" } },
		{ 64, { "--once=yes" }, { "once", "" } },
		{ 69, { "-l", "192.0.2.1:0" }, { "192.0.2.1:0", "listen" } },
		{ 69, { "-l", "unix:/no/such/dir/s" }, { "/no/such", "" } },
		{ 78, { "-l", "0", "--access-log", "/no/such/dir/log" },
		    { "/no/such/dir/log", "access-log" } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const *a = cases[i].argv;
		struct rig *r =
		    rig_run(RIG("berth-greetd", a[0], a[1], a[2], a[3]));

		cr_assert_eq(rig_wait(r), cases[i].code, "%s %s: %d", a[0],
		    a[1] != NULL ? a[1] : "", rig_wait(r));
		cr_assert_eq(
		    count_lines(rig_err(r)), 1, "%s: %s", a[0], rig_err(r));
		for (int j = 0; j < 2; j++)
			cr_assert_not_null(strstr(rig_err(r), cases[i].says[j]),
			    "%s: %s", a[0], rig_err(r));
		cr_assert_str_eq(rig_out(r), "");
	}
}

Test(start, a_port_in_use_is_refused_and_its_owner_undisturbed)
{
	struct rig *r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0"));
	const char *where = rig_address(r, "greet");
	struct rig *second = rig_run(RIG("berth-greetd", "-l", where));

	cr_assert_eq(rig_wait(second), 69);
	cr_assert(rig_hear(second, where));
	cr_assert_eq(count_lines(rig_err(second)), 1);
	expect_greeting(rig_open(r, "greet"));
	cr_assert_eq(rig_stop(r), 0);
}

Test(start, help_and_version_go_to_standard_output)
{
	struct rig *r = rig_run(RIG("berth-greetd", "--help"));

	cr_assert_eq(rig_wait(r), 0);
	cr_assert_not_null(strstr(rig_out(r), "--once"));
	cr_assert_not_null(strstr(rig_out(r), "--listen"));
	cr_assert_str_eq(rig_err(r), "");
	r = rig_run(RIG("berth-greetd", "--version"));
	cr_assert_eq(rig_wait(r), 0);
	cr_assert_eq(count_lines(rig_out(r)), 1);
}

Test(start, sockets_of_systemd_are_used_instead)
{
	unsigned tcp, udp;
	int fds[] = { rig_listen(&tcp), rig_bind_udp(&udp) };
	struct rig_how how = { .argv = RIG("berth-upperd", "-l", "1"),
		.fds = fds,
		.fd_count = 2 };
	struct rig *r = rig_start_how(&how);
	char address[64];
	int fd;

	cr_assert_eq(rig_port(r, "upper 127."), tcp);
	cr_assert_eq(rig_port(r, "upper udp:127."), udp);
	fd = rig_open(r, "upper 127.");
	cr_assert(rig_send(fd, "systemd"));
	cr_assert(rig_expect(fd, "SYSTEMD"));
	close(fd);
	snprintf(address, sizeof(address), "udp:127.0.0.1:%u", udp);
	fd = rig_connect(address);
	cr_assert(rig_send(fd, "systemd"));
	cr_assert(rig_expect_datagram(fd, "SYSTEMD", 7));
	cr_assert_eq(rig_stop(r), 0);
	/* The sockets live on, as systemd wants it, and clients wait. */
	fd = rig_connect_port(tcp);
	cr_assert_geq(fd, 0);
	cr_assert(rig_send(fd, "second"));
	r = rig_start_how(&how);
	cr_assert(rig_expect(fd, "SECOND"));
	cr_assert_eq(rig_stop(r), 0);
}

Test(start, a_descriptor_that_is_no_listener_is_refused)
{
	int fds[] = { open("/dev/null", O_RDWR | O_CLOEXEC) };
	struct rig *r = rig_run_how(&(struct rig_how){
	    .argv = RIG("berth-upperd"), .fds = fds, .fd_count = 1 });

	cr_assert_eq(rig_wait(r), 78);
	cr_assert(rig_hear(r, "LISTEN_FDS"));
}

Test(start, systemd_is_told_of_the_beginning_and_the_end)
{
	struct rig_notify n;
	struct rig *r;

	for (int i = 0; i < 2; i++) {
		(i ? rig_notify_open_abstract : rig_notify_open)(&n);
		r = rig_start_how(&(struct rig_how){
		    .argv = RIG("berth-greetd", "-l", "127.0.0.1:0"),
		    .env = RIG(n.env, "WATCHDOG_USEC=100000") });
		cr_assert(rig_notify_hear(&n, "READY=1"));
		cr_assert(rig_notify_hear(&n, "WATCHDOG=1"));
		cr_assert_eq(rig_notify_count(&n, "STOPPING=1"), 0);
		expect_greeting(rig_open(r, "greet"));
		cr_assert_eq(rig_stop(r), 0);
		cr_assert_eq(rig_notify_count(&n, "STOPPING=1"), 1);
		cr_assert_eq(rig_notify_count(&n, "READY=1"), 1);
		buf_free(&n.heard);
	}
}

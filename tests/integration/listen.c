/*
 * listen.c - where the master listens: families, unix paths, several
 * at once, and addresses that are not to be had.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rig/main.h"
#include "rig/refuse.h"
#include "rig/rig.h"

#define UPPERD(...) RIG("berth-upperd", __VA_ARGS__)

static bool
answers(const char *address)
{
	int fd = rig_connect(address);
	bool good;

	if (fd < 0)
		return rig_fail("%s: %s", address, strerror(errno));
	if (strncmp(address, "udp:", 4) == 0)
		good = rig_send(fd, "Hello\n") &&
		    rig_expect_datagram(fd, "HELLO\n", 6);
	else
		good = rig_send(fd, "Hello\n") && rig_expect(fd, "HELLO\n");
	close(fd);
	return good;
}

/*
 * It says one line, which names what is wrong, and ends with the code of an
 * address that is not to be had.
 */
static bool
refused(struct rig *r, const char *names)
{
	int code = rig_wait(r);

	if (code != 69)
		return rig_fail("exit code %d, not 69", code);
	if (strstr(rig_err(r), names) == NULL || rig_count(r, "\n") != 1)
		return rig_fail("not one line naming %s", names);
	return *rig_out(r) == '\0' || rig_fail("it claims to be ready");
}

Test(listen, a_bare_port_is_loopback_of_both_families)
{
	struct rig *r = rig_start(UPPERD("-l", "0"));
	unsigned port = rig_port(r, "upper 127.0.0.1");

	cr_assert_neq(port, 0);
	cr_assert_eq(rig_port(r, "upper [::1]"), port);
	cr_assert_eq(rig_port(r, "upper udp:127.0.0.1"), port);
	cr_assert_eq(rig_port(r, "upper udp:[::1]"), port);
	cr_assert(answers(rig_address(r, "upper 127.0.0.1")));
	cr_assert(answers(rig_address(r, "upper [::1]")));
	cr_assert(answers(rig_address(r, "upper udp:127.0.0.1")));
	cr_assert(answers(rig_address(r, "upper udp:[::1]")));
	cr_assert_eq(rig_stop(r), 0);
}

Test(listen, a_star_is_every_interface)
{
	struct rig *r = rig_start(UPPERD("-l", "*:0"));
	unsigned port = rig_port(r, "upper 0.0.0.0");
	char address[64];

	cr_assert_eq(rig_port(r, "upper [::]"), port);
	snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	cr_assert(answers(address));
	snprintf(address, sizeof(address), "127.9.9.9:%u", port);
	cr_assert(answers(address));
	snprintf(address, sizeof(address), "[::1]:%u", port);
	cr_assert(answers(address));
}

Test(listen, several_addresses_at_once)
{
	const char *path = rig_in(rig_place(), "s");
	char unix_path[160];
	struct rig *r;

	snprintf(unix_path, sizeof(unix_path), "unix:%s", path);
	r = rig_start(UPPERD(
	    "-l", "127.0.0.1:0", "--listen", unix_path, "--listen=[::1]:0"));
	cr_assert(answers(rig_address(r, "upper 127")));
	cr_assert(answers(rig_address(r, "upper [::1]")));
	cr_assert(answers(rig_address(r, "upper unix:")));
	cr_assert_eq(rig_stop(r), 0);
}

Test(listen, a_unix_socket_is_made_served_and_removed)
{
	const char *path = rig_in(rig_place(), "s");
	char address[160];
	struct rig *r;

	snprintf(address, sizeof(address), "unix:%s", path);
	r = rig_start(UPPERD("-l", address));
	cr_assert_str_eq(rig_address(r, "upper"), address);
	cr_assert(answers(address));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_neq(access(path, F_OK), 0, "it is left behind");
}

Test(listen, a_stale_unix_socket_is_replaced_a_live_one_is_not)
{
	const char *path = rig_in(rig_place(), "s");
	char address[160];
	struct rig *first, *second;
	pid_t child[64];
	size_t n;

	snprintf(address, sizeof(address), "unix:%s", path);
	first = rig_start(UPPERD("-l", address));
	cr_assert(rig_children_become(rig_pid(first), 4, 4));
	n = rig_children(rig_pid(first), child, 64);
	rig_kill(first);
	/* One that is just being born still has the listener. */
	cr_assert(rig_all_gone(child, n, rig_patience_ms()));
	cr_assert_eq(access(path, F_OK), 0, "killed, it cannot clean up");
	second = rig_start(UPPERD("-l", address));
	cr_assert(answers(address));
	cr_assert(refused(rig_run(UPPERD("-l", address)), address));
	cr_assert(answers(address), "the refused one took the path away");
	cr_assert_eq(rig_stop(second), 0);
}

Test(listen, a_file_in_the_way_of_a_unix_socket_stays)
{
	const char *place = rig_place();
	const char *path = rig_file(place, "precious", "mine");
	char address[160];
	struct stat st;

	snprintf(address, sizeof(address), "unix:%s", path);
	cr_assert(refused(rig_run(UPPERD("-l", address)), address));
	cr_assert_eq(stat(path, &st), 0);
	cr_assert(S_ISREG(st.st_mode) && st.st_size == 4);
}

Test(listen, a_busy_port_is_refused_by_name)
{
	struct rig *r = rig_start(UPPERD("-l", "127.0.0.1:0"));
	const char *taken = rig_address(r, "upper 127");
	char only_udp[64], holder[100];
	unsigned port;

	cr_assert(refused(rig_run(UPPERD("-l", taken)), taken));
	cr_assert(answers(taken), "the refused one stole a client");
	/* And whose it is. */
	snprintf(holder, sizeof(holder),
	    "the address is in use by berth-upperd (process %d); --any-port",
	    (int)rig_pid(r));
	cr_assert(refused(rig_run(UPPERD("-l", taken)), holder));

	/* By TCP another test could have the same port of 127.0.0.1. */
	rig_bind_udp_at("127.99.77.1:0", &port);
	snprintf(only_udp, sizeof(only_udp), "127.99.77.1:%u", port);
	cr_assert(refused(rig_run(UPPERD("-l", only_udp)), only_udp));
	snprintf(holder, sizeof(holder), "in use by listen (process %d)",
	    (int)getpid());
	cr_assert(refused(rig_run(UPPERD("-l", only_udp)), holder));
}

/* By the name that it was given by, whatever that is the same as. */
Test(listen, the_option_that_was_given_is_named)
{
	static const struct {
		const char *option, *says;
	} all[] = {
		{ "--port", "berth-upperd: --port 99999: the port" },
		{ "-p", "berth-upperd: --port 99999: the port" },
		{ "--listen", "berth-upperd: --listen 99999: the port" },
		{ "-l", "berth-upperd: --listen 99999: the port" },
		{ "--health", "berth-upperd: --health 99999: the port" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct rig *r =
		    rig_run(RIG("berth-upperd", all[i].option, "99999"));

		cr_expect_eq(rig_wait(r), 64);
		cr_expect_not_null(strstr(rig_err(r), all[i].says), "%s: %s",
		    all[i].option, rig_err(r));
	}
}

/* The next one that is free for both families and for datagrams, too. */
Test(listen, any_port_will_do_where_that_is_asked_for)
{
	struct rig *r = rig_start(UPPERD("-l", "127.0.0.1:0")), *next;
	unsigned taken = rig_port(r, "upper 127"), port;
	char address[32], says[32];

	snprintf(address, sizeof(address), "%u", taken);
	next = rig_start(UPPERD("--any-port", "-l", address));
	port = rig_port(next, "upper 127");
	cr_assert_gt(port, taken);
	cr_assert_eq(rig_port(next, "upper [::1]"), port);
	cr_assert_eq(rig_port(next, "upper udp:127"), port);
	snprintf(says, sizeof(says), "port %u is busy", taken);
	cr_assert(rig_hear(next, says));
	cr_assert(answers(rig_address(next, "upper 127")));
	/* A free one is taken as it is. */
	cr_assert_eq(rig_stop(r), 0);
	r = rig_start(UPPERD("--any-port", "-l", address));
	cr_assert_eq(rig_port(r, "upper 127"), taken);
}

Test(listen, a_host_that_has_no_address_is_not_to_be_had)
{
	cr_assert(refused(
	    rig_run(UPPERD("-l", "no.such.host.invalid:0")), "no.such.host"));
}

/* As for a user who is not root. */
Test(listen, a_low_port_says_how)
{
	struct rig *r = refuse_run("bind=EACCES", UPPERD("-l", "80"));

	cr_assert(refused(r, "sudo setcap cap_net_bind_service=+ep /"));
	r = refuse_run("bind=EACCES", UPPERD("-l", "8080"));
	cr_assert(refused(r, "Permission denied"));
}

Test(listen, addresses_that_are_not_ours_to_have)
{
	const char *const bad[] = {
		"192.0.2.1:0",     /* RFC 5737: nobody's */
		"[2001:db8::1]:0", /* RFC 3849: nobody's */
		"unix:/nonexistent/directory/s",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_assert(refused(rig_run(UPPERD("-l", bad[i])), bad[i]));
}

Test(listen, one_bad_address_among_good_ones_refuses_all)
{
	struct rig *r =
	    rig_run(UPPERD("-l", "127.0.0.1:0", "-l", "192.0.2.1:0"));

	cr_assert(refused(r, "192.0.2.1:0"));
}

Test(listen, more_addresses_than_anybody_needs)
{
	char line[4096];
	struct rig *r;
	int n =
	    snprintf(line, sizeof(line), "exec '%s'", rig_path("berth-upperd"));

	for (int i = 0; i < 65; i++)
		n += snprintf(
		    line + n, sizeof(line) - (size_t)n, " -l 127.0.0.1:0");
	r = rig_run(RIG("/bin/sh", "-c", line));
	cr_assert_eq(rig_wait(r), 64);
	cr_assert_eq(rig_count(r, "--listen 127.0.0.1:0: given too often"), 1);
	cr_assert_eq(rig_out_size(r), 0);
}

/* Who waits for the ready line is gone; the others are served. */
Test(listen, ready_lines_that_cannot_be_written_are_no_reason_to_go)
{
	const char *path = rig_in(rig_place(), "s");
	char line[1024], address[512];
	struct rig *r;

	snprintf(address, sizeof(address), "unix:%s", path);
	snprintf(line, sizeof(line), "exec '%s' -l '%s' >/dev/full",
	    rig_path("berth-upperd"), address);
	r = rig_spawn(&(struct rig_how){ .argv = RIG("/bin/sh", "-c", line) });
	cr_assert(rig_hear(r, "standard output: No space left on device"));
	cr_assert(answers(address));
	cr_assert_eq(rig_stop(r), 0);
}

Test(listen, a_port_is_free_again_at_once)
{
	struct rig *r = rig_start(UPPERD("-l", "127.0.0.1:0"));
	char address[64];
	int fd;

	snprintf(address, sizeof(address), "%s", rig_address(r, "upper 127"));
	/* The server closes first: its end lingers in TIME_WAIT. */
	fd = rig_connect(address);
	cr_assert(rig_send(fd, "Hello\n"));
	cr_assert(rig_expect(fd, "HELLO\n"));
	cr_assert_eq(rig_stop(r), 0);
	close(fd);
	r = rig_start(UPPERD("-l", address));
	cr_assert(answers(address));
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return refuse_or_test(argc, argv);
}

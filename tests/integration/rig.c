/*
 * rig.c - the rig itself, on programs that need no trust: sh and cat.  Its
 * connections are in rig_wire.c.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/inside.h"
#include "rig/rig.h"

#define SH(line) RIG("/bin/sh", "-c", line)

/*
 * For tests in which something is meant to fail: the rig need not say why.
 */
static void
hush(void)
{
	if (freopen("/dev/null", "w", stderr) == NULL)
		cr_assert_fail("/dev/null");
}

Test(rig, ready_lines_are_found_by_name_and_address)
{
	struct rig *r = rig_start(SH("echo ready a 127.0.0.1:8; sleep 0.01;"
				     "echo ready bb unix:/x;"
				     "echo ready b udp:127.0.0.1:9;"
				     "echo 'ready b [::1]:10'; exec sleep 60"));

	cr_assert_eq(rig_port(r, "a"), 8);
	cr_assert_str_eq(rig_address(r, "b"), "udp:127.0.0.1:9");
	cr_assert_str_eq(rig_address(r, "b [::1]"), "[::1]:10");
	cr_assert_str_eq(rig_address(r, "bb"), "unix:/x");
	cr_assert_eq(rig_port(r, "b udp:"), 9);
	cr_assert_eq(rig_stop(r), 128 + SIGTERM);
}

static bool
says_no_sandbox(struct rig *r)
{
	bool says;

	cr_assert(rig_hear(r, "sandbox: user "));
	says = strstr(rig_err(r), "no sandbox") != NULL;
	cr_assert_eq(rig_stop(r), 0);
	return says;
}

Test(rig, servers_and_no_others_go_without_the_sandbox_when_that_is_asked)
{
	unsetenv("BERTH_NO_SANDBOX");
	cr_assert(!says_no_sandbox(rig_start(RIG("berth-greetd", "-l", "0"))));
	setenv("BERTH_NO_SANDBOX", "1", true);
	cr_assert(says_no_sandbox(rig_start(RIG("berth-greetd", "-l", "0"))));
	cr_assert(says_no_sandbox(rig_start(
	    RIG("/usr/bin/env", rig_path("berth-greetd"), "-l", "0"))));
	cr_assert_eq(rig_wait(rig_run(RIG("berth-tcp", "--version"))), 0);
	cr_assert_str_eq(
	    rig_out(rig_run(RIG("/bin/echo", "berth"))), "berth\n");
	rig_needs_sandbox();
	cr_assert(!says_no_sandbox(rig_start(RIG("berth-greetd", "-l", "0"))));
}

Test(rig, exit_status_and_both_outputs_are_kept_apart)
{
	struct rig *r =
	    rig_run(SH("echo out; echo err >&2; echo err >&2; exit 7"));

	cr_assert_eq(rig_wait(r), 7);
	cr_assert_str_eq(rig_out(r), "out\n");
	cr_assert_eq(rig_out_size(r), 4);
	cr_assert_eq(rig_count(r, "err"), 2);
	cr_assert(rig_hear_times(r, "err\n", 2));
}

Test(rig, environment_directory_and_descriptors_arrive)
{
	const char *place = rig_place();
	unsigned port;
	int fds[] = { rig_listen(&port), rig_bind_udp(&port) };
	struct rig *r;

	setenv("RIG_TEST_AWAY", "1", 1);
	setenv("NOTIFY_SOCKET", "/not/ours", 1);
	r = rig_run_how(&(struct rig_how){
	    .argv =
		SH("pwd; echo $FDS $LISTEN_FDS-$RIG_TEST_AWAY-$NOTIFY_SOCKET;"
		   "test $LISTEN_PID = $$ && echo mine; ls /proc/$$/fd"),
	    .env = RIG("FDS=yes", "RIG_TEST_AWAY"),
	    .fds = fds,
	    .fd_count = 2,
	    .dir = place });
	cr_assert_eq(strncmp(rig_out(r), place, strlen(place)), 0);
	cr_assert_not_null(
	    strstr(rig_out(r), "\nyes 2--\nmine\n0\n1\n2\n3\n4\n"), "%s",
	    rig_out(r));
	cr_assert_null(strstr(rig_out(r), "\n5\n"));
}

Test(rig, inetd_mode_over_both_kinds_of_pair)
{
	for (int tcp = 0; tcp < 2; tcp++) {
		struct rig *r;
		int ends[2];

		(tcp ? rig_tcp_pair : rig_pair)(ends);
		r = rig_serve(SH("exec cat >&0"), ends[1]);
		cr_assert(rig_send_slowly(ends[0], "abc", 1));
		cr_assert(rig_expect(ends[0], "abc"));
		cr_assert(rig_expect_silence(ends[0], 20));
		cr_assert(rig_send(ends[0], "x"));
		rig_half_close(ends[0]);
		cr_assert(rig_expect(ends[0], "x"));
		cr_assert(rig_expect_end(ends[0]));
		cr_assert_eq(rig_wait(r), 0);
	}
}

/*
 * Three processes that have become what they are, said so and hold still:
 * one that is still being loaded has other descriptors and little memory.
 */
#define THREE                                                                  \
	"exec 5<&0; for i in 1 2 3; do sh -c 'echo up >&2; read x' <&5 5<&- &" \
	" done; echo ready x unix:/; wait"

/* While it becomes sleep(1) it also has what it loads open. */
static bool
has_three(void *pid)
{
	return rig_descriptors(*(pid_t *)pid) == 3;
}

Test(rig, processes_are_seen_and_seen_to_go)
{
	pid_t child[8];
	struct rig *r;
	int ends[2];

	rig_pair(ends);
	r = rig_start_how(
	    &(struct rig_how){ .argv = SH(THREE), .in = ends[1] });
	cr_assert(rig_hear_times(r, "up\n", 3));
	hush();
	cr_assert(rig_children_become(rig_pid(r), 3, 3));
	cr_assert_eq(rig_children(rig_pid(r), child, 8), 3);
	cr_assert_gt(rig_pss_kib(child[0]), 0);
	cr_assert_geq(rig_rss_kib(child[0]), rig_pss_kib(child[0]));
	cr_assert_geq(rig_cpu_ms(child[0]), 0);
	cr_assert(rig_within(10000, has_three, &child[0]));
	kill(child[1], SIGKILL);
	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	cr_assert_not(rig_all_gone(child, 3, 10));
	rig_kill_all(r);
	cr_assert(rig_all_gone(child, 3, rig_patience_ms()));
	cr_assert(rig_is_gone(rig_pid(r)));
}

Test(rig, nothing_survives_a_test)
{
	struct rig *r = rig_start(SH("sleep 60 & echo ready x unix:/; wait"));
	pid_t all[2] = { rig_pid(r), 0 };

	cr_assert(rig_children_become(rig_pid(r), 1, 1));
	rig_children(rig_pid(r), all + 1, 1);
	/* What the kernel does when this process ends. */
	close(r->hold);
	cr_assert(rig_all_gone(all, 2, rig_patience_ms()));
}

Test(rig, notify_socket_hears)
{
	struct rig_notify n;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct sockaddr_un {
		sa_family_t f;
		char path[108];
	} a = { AF_UNIX, "" };

	rig_notify_open(&n);
	strcpy(a.path, strchr(n.env, '=') + 1);
	cr_assert_eq(rig_notify_count(&n, "READY=1"), 0);
	sendto(fd, "READY=1\nMAINPID=3", 17, 0, (void *)&a, sizeof(a));
	cr_assert(rig_notify_hear(&n, "READY=1"));
	cr_assert(rig_notify_hear(&n, "MAINPID=3"));
	cr_assert_eq(rig_notify_count(&n, "READY=1"), 1);
	buf_free(&n.heard);
}

Test(rig, a_place_is_there_and_files_are_written)
{
	const char *place = rig_place();
	struct buf b;

	buf_init(&b, 1 << 20);
	cr_assert_eq(rig_slurp(rig_file(place, "a/b/c", "text"), &b), 0);
	cr_assert_str_eq(buf_str(&b), "text");
	buf_clear(&b);
	cr_assert_eq(rig_slurp(rig_file_pattern(place, "p", 70000), &b), 0);
	cr_assert_eq(b.n, 70000);
	for (size_t i = 0; i < b.n; i++)
		cr_assert_eq(b.p[i], rig_pattern(i));
	buf_free(&b);
}

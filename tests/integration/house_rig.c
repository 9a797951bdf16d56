/*
 * house_rig.c - the rig itself, on programs that need no trust: sh and cat.
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

Test(house_rig, ready_lines_are_found_by_name_and_address)
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

Test(house_rig, exit_status_and_both_outputs_are_kept_apart)
{
	struct rig *r =
	    rig_run(SH("echo out; echo err >&2; echo err >&2; exit 7"));

	cr_assert_eq(rig_wait(r), 7);
	cr_assert_str_eq(rig_out(r), "out\n");
	cr_assert_eq(rig_out_size(r), 4);
	cr_assert_eq(rig_count(r, "err"), 2);
	cr_assert(rig_hear_times(r, "err\n", 2));
}

Test(house_rig, environment_directory_and_descriptors_arrive)
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

Test(house_rig, inetd_mode_over_both_kinds_of_pair)
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

Test(house_rig, a_false_expectation_is_false)
{
	int ends[2];

	hush();
	rig_tcp_pair(ends);
	cr_assert(rig_send(ends[1], "abcd"));
	cr_assert_not(rig_expect(ends[0], "abX"));
	cr_assert_not(rig_expect_end(ends[0]));
	cr_assert(rig_expect_silence(ends[0], 5));
	cr_assert(rig_send(ends[1], "z"));
	cr_assert_not(rig_expect_silence(ends[0], 1000));
}

static bool
end_in(int how, bool (*expect)(int))
{
	int ends[2];

	rig_tcp_pair(ends);
	if (how == 0)
		close(ends[1]);
	else
		rig_reset(ends[1]);
	return expect(ends[0]);
}

Test(house_rig, an_end_and_a_reset_are_told_apart)
{
	hush();
	cr_assert(end_in(0, rig_expect_end));
	cr_assert(end_in(1, rig_expect_reset));
	cr_assert_not(end_in(1, rig_expect_end));
	cr_assert_not(end_in(0, rig_expect_reset));
}

Test(house_rig, reading_through_a_needle_takes_no_byte_more)
{
	static const char *const cases[][3] = {
		{ "ab\r\n\r\nrest", "\r\n\r\n", "ab\r\n\r\n" },
		{ "a\r\n\r\r\n\r\n", "\r\n\r\n", "a\r\n\r\r\n\r\n" },
		{ "\n", "\n", "\n" },
		{ "aaab", "aab", "aaab" },
		{ "x..y", ".", "x." },
	};

	for (size_t i = 0; i < 5; i++) {
		for (int slow = 0; slow < 2; slow++) {
			struct buf b;
			int ends[2];

			buf_init(&b, 100);
			rig_pair(ends);
			if (slow)
				rig_send_slowly(ends[1], cases[i][0], 1);
			else
				rig_send(ends[1], cases[i][0]);
			cr_assert(rig_read_through(ends[0], &b, cases[i][1]));
			cr_assert_str_eq(buf_str(&b), cases[i][2]);
			cr_assert(rig_expect(
			    ends[0], cases[i][0] + strlen(cases[i][2])));
			buf_free(&b);
		}
	}
}

Test(house_rig, replies_follow_one_another_on_one_connection)
{
	struct rig_reply r;
	int ends[2];

	hush();
	rig_pair(ends);
	rig_send(ends[1],
	    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: 1 \r\n\r\nabc"
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"
	    "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n"
	    "HTTP/1.0 404 Not Found\r\n\r\nto the end");
	close(ends[1]);
	cr_assert(rig_reply(ends[0], &r, false));
	cr_assert(slice_is(rig_header(&r, "x"), "1"));
	cr_assert_null(rig_header(&r, "y").p);
	cr_assert(slice_is(r.body, "abc"));
	rig_reply_free(&r);
	cr_assert(rig_reply(ends[0], &r, false));
	cr_assert(slice_is(r.body, "abc0123456789"));
	rig_reply_free(&r);
	cr_assert(rig_reply(ends[0], &r, false));
	cr_assert_eq(r.status, 304);
	rig_reply_free(&r);
	cr_assert(rig_reply(ends[0], &r, false));
	cr_assert_eq(r.status, 404);
	cr_assert(slice_is(r.body, "to the end"));
	rig_reply_free(&r);
	cr_assert_not(rig_reply(ends[0], &r, false));
	rig_reply_free(&r);
}

Test(house_rig, smtp_replies_of_several_lines_are_one)
{
	int ends[2];

	hush();
	rig_pair(ends);
	rig_send(ends[1],
	    "250-a\r\n250-b\r\n250 c\r\n221 bye\r\n"
	    "250-a\r\n251 b\r\n");
	cr_assert(rig_smtp_expect(ends[0], "250"));
	cr_assert(rig_smtp_expect(ends[0], "2"));
	cr_assert_not(rig_smtp_expect(ends[0], "25"));
}

Test(house_rig, datagrams_keep_their_length)
{
	static char big[65507];
	char address[64];
	unsigned port;
	int server = rig_bind_udp(&port), client;
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);

	snprintf(address, sizeof(address), "udp:127.0.0.1:%u", port);
	client = rig_connect(address);
	cr_assert(rig_send_bytes(client, "", 0));
	cr_assert_eq(recvfrom(server, big, sizeof(big), 0,
			 (struct sockaddr *)&from, &len),
	    0);
	sendto(server, big, sizeof(big), 0, (struct sockaddr *)&from, len);
	sendto(server, "", 0, 0, (struct sockaddr *)&from, len);
	cr_assert(rig_expect_datagram(client, big, sizeof(big)));
	cr_assert(rig_expect_datagram(client, "", 0));
}

/* While it becomes sleep(1) it also has what it loads open. */
static bool
has_three(void *pid)
{
	return rig_descriptors(*(pid_t *)pid) == 3;
}

Test(house_rig, processes_are_seen_and_seen_to_go)
{
	struct rig *r = rig_start(SH("sleep 60 & sleep 60 & sleep 60 & "
				     "echo ready x unix:/; wait"));
	pid_t child[8];

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
	cr_assert(rig_all_gone(child, 3, 1000));
	cr_assert(rig_is_gone(rig_pid(r)));
}

Test(house_rig, nothing_survives_a_test)
{
	struct rig *r = rig_start(SH("sleep 60 & echo ready x unix:/; wait"));
	pid_t all[2] = { rig_pid(r), 0 };

	cr_assert(rig_children_become(rig_pid(r), 1, 1));
	rig_children(rig_pid(r), all + 1, 1);
	/* What the kernel does when this process ends. */
	close(r->hold);
	cr_assert(rig_all_gone(all, 2, rig_patience_ms()));
}

Test(house_rig, notify_socket_hears)
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

Test(house_rig, a_place_is_there_and_files_are_written)
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

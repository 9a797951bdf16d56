/*
 * rig_wire.c - the rig's own connections, on pairs of sockets.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

/*
 * For tests in which something is meant to fail: the rig need not say why.
 */
static void
hush(void)
{
	if (freopen("/dev/null", "w", stderr) == NULL)
		cr_assert_fail("/dev/null");
}

Test(rig_wire, a_false_expectation_is_false)
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

Test(rig_wire, an_end_and_a_reset_are_told_apart)
{
	hush();
	cr_assert(end_in(0, rig_expect_end));
	cr_assert(end_in(1, rig_expect_reset));
	cr_assert_not(end_in(1, rig_expect_end));
	cr_assert_not(end_in(0, rig_expect_reset));
}

/*
 * What is sent to it is neither acknowledged nor refused.
 */
Test(rig_wire, a_vanished_end_is_silent)
{
	int ends[2], unacknowledged;

	rig_tcp_pair(ends);
	cr_assert(rig_send(ends[1], "before"));
	cr_assert(rig_expect(ends[0], "before"));
	rig_vanish(ends[0]);
	cr_assert(rig_send(ends[1], "after"));
	rig_half_close(ends[1]);
	cr_assert(rig_expect_silence(ends[0], 50));
	cr_assert(rig_expect_silence(ends[1], 50));
	cr_assert_eq(ioctl(ends[1], SIOCOUTQ, &unacknowledged), 0);
	cr_assert_eq(unacknowledged, 6, "%d with the end", unacknowledged);
}

Test(rig_wire, a_client_comes_from_where_it_says)
{
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof(from);
	char address[32];
	unsigned port;
	int listener = rig_listen(&port), fd;

	snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	fd = rig_connect_from("127.0.0.2", address);
	cr_assert_geq(fd, 0);
	cr_assert_geq(accept(listener, (struct sockaddr *)&from, &len), 0);
	cr_assert_eq(ntohl(from.sin_addr.s_addr), 0x7f000002);
}

Test(rig_wire, reading_through_a_needle_takes_no_byte_more)
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

Test(rig_wire, replies_follow_one_another_on_one_connection)
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

Test(rig_wire, smtp_replies_of_several_lines_are_one)
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

Test(rig_wire, datagrams_keep_their_length)
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

/*
 * upperd.c - berth-upperd over TCP, UDP, a unix socket and from inetd:
 * whatever comes in goes out in upper case.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

#define LONG_N    (1024 * 1024)
#define CLIENTS   40
#define BURST     100
#define MOST_UDP4 65507 /* the longest UDP payloads */
#define MOST_UDP6 65527

static struct rig *
upperd(void)
{
	return rig_start(
	    RIG("berth-upperd", "-l", "127.0.0.1:0", "-l", "[::1]:0"));
}

static bool
is_upper(const char *was, const char *is, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool small = was[i] >= 'a' && was[i] <= 'z';

		if (is[i] != (small ? was[i] - 'a' + 'A' : was[i]))
			return rig_fail("byte %zu: %02x became %02x", i,
			    (unsigned char)was[i], (unsigned char)is[i]);
	}
	return true;
}

static void
all_bytes(char to[256])
{
	for (int i = 0; i < 256; i++)
		to[i] = (char)i;
}

Test(upperd, lines_come_back_over_both_families)
{
	static const char *const names[] = { "upper 127.", "upper [::1]" };
	struct rig *r = upperd();

	for (size_t i = 0; i < 2; i++) {
		int fd = rig_open(r, names[i]);

		cr_assert(rig_send(fd, "hello, World 1\n"));
		cr_assert(rig_expect(fd, "HELLO, WORLD 1\n"));
		cr_assert(rig_send(fd, "again"));
		cr_assert(rig_expect(fd, "AGAIN"));
		rig_half_close(fd);
		cr_assert(rig_expect_end(fd));
		close(fd);
	}
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_str_empty(strstr(rig_err(r), "crash") ? "crash" : "");
}

Test(upperd, only_the_26_letters_change)
{
	struct rig *r = upperd();
	int fd = rig_open(r, "upper"), udp = rig_open(r, "upper udp:");
	char all[256], got[256];
	struct buf b;

	buf_init(&b, 1024);
	all_bytes(all);
	cr_assert(rig_send_bytes(fd, all, 256));
	cr_assert(rig_read(fd, &b, 256));
	cr_assert(is_upper(all, b.p, 256));
	cr_assert(rig_send_bytes(udp, all, 256));
	cr_assert_eq(rig_receive(udp, got, 256), 256);
	cr_assert(is_upper(all, got, 256));
	buf_free(&b);
}

Test(upperd, a_long_line_without_its_end_comes_back_whole)
{
	struct rig *r = upperd();
	int fd = rig_open(r, "upper");
	char *line = malloc(LONG_N);
	struct buf b;

	for (size_t i = 0; i < LONG_N; i++)
		line[i] = rig_pattern(i);
	buf_init(&b, RIG_BUF_MAX);
	cr_assert(rig_exchange(fd, line, LONG_N, &b, LONG_N));
	cr_assert(is_upper(line, b.p, LONG_N));
	rig_half_close(fd);
	cr_assert(rig_expect_end(fd));
	buf_free(&b);
	free(line);
}

Test(upperd, byte_by_byte_and_a_late_half_close)
{
	struct rig *r = upperd();
	int fd = rig_open(r, "upper");

	cr_assert(rig_send_slowly(fd, "slow", 3));
	rig_half_close(fd);
	cr_assert(rig_expect(fd, "SLOW"));
	cr_assert(rig_expect_end(fd));
	fd = rig_open(r, "upper");
	rig_half_close(fd);
	cr_assert(rig_expect_end(fd));
}

Test(upperd, serves_the_connection_that_inetd_gives)
{
	for (int tcp = 0; tcp < 2; tcp++) {
		struct rig *r;
		int ends[2];

		(tcp ? rig_tcp_pair : rig_pair)(ends);
		r = rig_serve(RIG("berth-upperd"), ends[1]);
		cr_assert(rig_send(ends[0], "inetd"));
		cr_assert(rig_expect(ends[0], "INETD"));
		rig_half_close(ends[0]);
		cr_assert(rig_expect_end(ends[0]));
		cr_assert_eq(rig_wait(r), 0);
		cr_assert_str_eq(rig_out(r), "");
	}
}

Test(upperd, datagrams_of_every_size)
{
	static const size_t sizes[] = { 0, 1, 2, 511, 512, 513, 1471, 1472,
		1473, 8191, 16384, 16385, 65506, MOST_UDP4 };
	struct rig *r = upperd();
	char *was = malloc(MOST_UDP6), *is = malloc(MOST_UDP6 + 1);
	int v4 = rig_open(r, "upper udp:127."), v6;

	for (size_t i = 0; i < MOST_UDP6; i++)
		was[i] = rig_pattern(i);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		cr_assert(rig_send_bytes(v4, was, sizes[i]));
		cr_assert_eq(
		    rig_receive(v4, is, MOST_UDP6 + 1), (ssize_t)sizes[i]);
		cr_assert(is_upper(was, is, sizes[i]));
	}
	v6 = rig_open(r, "upper udp:[::1]");
	cr_assert(rig_send_bytes(v6, was, MOST_UDP6));
	cr_assert_eq(rig_receive(v6, is, MOST_UDP6 + 1), MOST_UDP6);
	cr_assert(is_upper(was, is, MOST_UDP6));
	free(was);
	free(is);
}

Test(upperd, every_client_gets_its_own_datagrams)
{
	struct rig *r = upperd();
	const char *where = rig_address(r, "upper udp:");
	int fd[CLIENTS];
	char text[32];

	for (int i = 0; i < CLIENTS; i++)
		fd[i] = rig_connect(where);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < CLIENTS; i++) {
			snprintf(text, sizeof(text), "client %d.%d", i, round);
			cr_assert(rig_send(fd[i], text));
		}
		for (int i = 0; i < CLIENTS; i++) {
			int n = snprintf(
			    text, sizeof(text), "CLIENT %d.%d", i, round);

			cr_assert(rig_expect_datagram(fd[i], text, (size_t)n));
		}
	}
}

Test(upperd, a_burst_of_datagrams_is_answered_completely)
{
	struct rig *r = upperd();
	int fd = rig_open(r, "upper udp:");
	bool seen[BURST] = { false };
	char text[32];

	for (int i = 0; i < BURST; i++) {
		snprintf(text, sizeof(text), "n %d", i);
		cr_assert(rig_send(fd, text));
	}
	/* Children answer side by side, so the order is free. */
	for (int i = 0; i < BURST; i++) {
		ssize_t n = rig_receive(fd, text, sizeof(text) - 1);
		int which;

		cr_assert_gt(n, 0, "datagram %d", i);
		text[n] = '\0';
		cr_assert_eq(sscanf(text, "N %d", &which), 1);
		cr_assert(which >= 0 && which < BURST && !seen[which]);
		seen[which] = true;
	}
}

Test(upperd, clients_that_do_not_wait_for_their_datagram)
{
	struct rig *r = upperd();
	const char *where = rig_address(r, "upper udp:");
	int fd;

	/* The answer then meets a closed port, and an ICMP error returns. */
	for (int i = 0; i < 30; i++) {
		fd = rig_connect(where);
		cr_assert(rig_send(fd, "gone"));
		close(fd);
	}
	fd = rig_connect(where);
	cr_assert(rig_send(fd, "here"));
	cr_assert(rig_expect_datagram(fd, "HERE", 4));
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * One forged datagram that seems to come from the server itself, whose answer
 * is then the next one, and so on for ever.
 */
Test(upperd, does_not_talk_to_itself)
{
	struct rig *r =
	    rig_start(RIG("berth-upperd", "-v", "-l", "127.0.0.1:0"));
	int raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);
	uint16_t port = htons((uint16_t)rig_port(r, "upper"));
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	/* Ports from and to, length, no checksum, then the payload. */
	uint16_t packet[6] = { port, port, htons(12), 0, 0x6c6f, 0x706f };
	int fd = rig_open(r, "upper udp:");

	if (raw < 0)
		cr_skip("needs the right to forge packets");
	cr_assert_eq(sendto(raw, packet, sizeof(packet), 0,
			 (struct sockaddr *)&to, sizeof(to)),
	    sizeof(packet));
	for (int i = 0; i < 20; i++) {
		cr_assert(rig_send(fd, "client"));
		cr_assert(rig_expect_datagram(fd, "CLIENT", 6));
		rig_pause_ms(2);
	}
	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_hear(r, "connections served: 21\n"));
}

Test(upperd, streams_and_datagrams_at_once)
{
	struct rig *r = upperd();
	int tcp[10], udp[10];

	for (int i = 0; i < 10; i++) {
		tcp[i] = rig_open(r, "upper");
		udp[i] = rig_open(r, "upper udp:");
		cr_assert(rig_send(tcp[i], "stream"));
		cr_assert(rig_send(udp[i], "datagram"));
	}
	for (int i = 0; i < 10; i++) {
		cr_assert(rig_expect(tcp[i], "STREAM"));
		cr_assert(rig_expect_datagram(udp[i], "DATAGRAM", 8));
	}
}

Test(upperd, over_a_unix_socket_which_is_taken_away_at_the_end)
{
	char at[128];
	struct rig *r;
	int fd;

	snprintf(at, sizeof(at), "unix:%s/upper", rig_place());
	r = rig_start(RIG("berth-upperd", "-l", at));
	cr_assert_str_eq(rig_address(r, "upper"), at);
	fd = rig_open(r, "upper");
	cr_assert(rig_send(fd, "path"));
	cr_assert(rig_expect(fd, "PATH"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_neq(access(at + 5, F_OK), 0);
}

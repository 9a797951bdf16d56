/*
 * datagrams.c - a datagram is a connection with one read: each has a
 * process of its own, and its answer goes to its sender.
 */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

#define UPPERD(...) RIG("berth-upperd", "-l", "127.0.0.1:0", "-q", __VA_ARGS__)

Test(datagrams, datagrams_from_many_each_answered_to_its_sender)
{
	struct rig *r = rig_start(UPPERD("--min-idle", "8"));
	const char *address = rig_address(r, "upper udp:127");
	int fd[8];

	for (int i = 0; i < 8; i++)
		fd[i] = rig_connect(address);
	for (int round = 0; round < 40; round++) {
		char ask[32], answer[32];

		for (int i = 0; i < 8; i++) {
			snprintf(ask, sizeof(ask), "from %d in %d", i, round);
			cr_assert(rig_send(fd[i], ask));
		}
		for (int i = 0; i < 8; i++) {
			snprintf(
			    answer, sizeof(answer), "FROM %d IN %d", i, round);
			cr_assert(
			    rig_expect_datagram(fd[i], answer, strlen(answer)));
		}
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(datagrams, datagrams_of_odd_sizes)
{
	static char big[65507], upper[65507];
	struct rig *r = rig_start(UPPERD("--reuse", "1"));
	int fd = rig_open(r, "upper udp:127");

	memset(big, 'x', sizeof(big));
	memset(upper, 'X', sizeof(upper));
	for (size_t n = 1; n <= sizeof(big); n = n * 5 + 3) {
		cr_assert(rig_send_bytes(fd, big, n));
		cr_assert(rig_expect_datagram(fd, upper, n), "%zu bytes", n);
	}
	cr_assert(rig_send_bytes(fd, big, sizeof(big)));
	cr_assert(rig_expect_datagram(fd, upper, sizeof(upper)));
	/* An empty one is a question too, or none; the next still is. */
	cr_assert_eq(write(fd, "", 0), 0);
	cr_assert(rig_send(fd, "x"));
	while (rig_receive(fd, big, sizeof(big)) == 0)
		;
	cr_assert_eq(big[0], 'X');
	cr_assert_eq(rig_stop(r), 0);
}

Test(datagrams, streams_are_served_between_them)
{
	struct rig *r = rig_start(UPPERD("--reuse", "0"));
	int udp = rig_open(r, "upper udp:127"), tcp = rig_open(r, "upper 127");

	for (int i = 0; i < 50; i++) {
		cr_assert(rig_send(udp, "datagram"));
		cr_assert(rig_send(tcp, "stream"));
		cr_assert(rig_expect(tcp, "STREAM"));
		cr_assert(rig_expect_datagram(udp, "DATAGRAM", 8));
	}
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * It was lent the socket and dies before it has taken the datagram out.
 */
Test(datagrams, a_reader_that_dies_costs_no_datagram)
{
	struct rig *r = rig_start(UPPERD("--min-idle", "4"));
	int fd = rig_connect(rig_address(r, "upper udp:127")), died = 0;

	for (int round = 0; round < 10; round++) {
		struct pollfd answer = { .fd = fd, .events = POLLIN };
		pid_t idle[64];
		size_t n;

		cr_assert(rig_children_become(rig_pid(r), 4, 64));
		n = rig_children(rig_pid(r), idle, 64);
		for (size_t i = 0; i < n && i < 64; i++)
			kill(idle[i], SIGSTOP);
		cr_assert(rig_send(fd, "hello"));
		/* Unless one was just born it waits for a stopped one. */
		died += poll(&answer, 1, 20) == 0;
		for (size_t i = 0; i < n && i < 64; i++)
			kill(idle[i], SIGKILL);
		cr_assert(rig_expect_datagram(fd, "HELLO", 5));
	}
	cr_assert_gt(died, 0);
	cr_assert_eq(rig_stop(r), 0);
}

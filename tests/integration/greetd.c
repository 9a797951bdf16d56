/*
 * greetd.c - berth-greetd: a server that speaks first, and --once.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

#define THANKS "Thank you for connecting"
#define LONG_N 100000

/*
 * Our own port of a TCP connection: sin_port and sin6_port are at the same
 * place.
 */
static unsigned
own_port(int fd)
{
	struct sockaddr_in6 a = { 0 };
	socklen_t len = sizeof(a);

	cr_assert_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	return ntohs(a.sin6_port);
}

static bool
is_announced(struct rig *r, const char *host, unsigned port)
{
	char line[128];

	snprintf(line, sizeof(line), "Got connection from %s %u\n", host, port);
	return rig_hear(r, line);
}

Test(greetd, greets_and_names_each_client)
{
	struct rig *r = rig_start(
	    RIG("berth-greetd", "-l", "127.0.0.1:0", "-l", "[::1]:0"));
	static const char *const names[] = { "greet 127.", "greet [" };
	static const char *const hosts[] = { "127.0.0.1", "::1" };

	for (size_t i = 0; i < 20; i++) {
		int fd = rig_open(r, names[i % 2]);
		unsigned port = own_port(fd);

		cr_assert(rig_expect(fd, THANKS));
		cr_assert(rig_expect_end(fd));
		cr_assert(is_announced(r, hosts[i % 2], port));
		close(fd);
	}
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(rig_count(r, "Got connection from "), 20);
}

Test(greetd, once_serves_one_client_and_exits)
{
	for (int i = 0; i < 5; i++) {
		struct rig *r = rig_start(RIG("berth-greetd", "--once", "-l",
		    "127.0.0.1:0", "--text", "Just you"));
		unsigned port = rig_port(r, "greet");
		int fd = rig_connect_port(port);

		cr_assert(rig_expect(fd, "Just you"));
		cr_assert(rig_expect_end(fd));
		cr_assert(is_announced(r, "127.0.0.1", own_port(fd)));
		close(fd);
		cr_assert_eq(rig_wait(r), 0);
		cr_assert_eq(rig_connect_port(port), -1);
		cr_assert_eq(errno, ECONNREFUSED);
		cr_assert_eq(rig_count(r, "Got connection from "), 1);
	}
}

Test(greetd, once_takes_only_one_of_two_listeners_and_clients)
{
	struct rig *r = rig_start(RIG("berth-greetd", "--once", "-l", "0"));
	struct buf got;
	int fd[6], served = 0;

	buf_init(&got, 1000);
	/* As many as get in before it stops accepting. */
	for (int i = 0; i < 6; i++)
		fd[i] =
		    rig_connect(rig_address(r, i % 2 ? "greet [" : "greet 1"));
	for (int i = 0; i < 6; i++) {
		char text[64];
		ssize_t n =
		    fd[i] < 0 ? 0 : rig_receive(fd[i], text, sizeof(text));

		if (n <= 0)
			continue;
		cr_assert_eq(n, 4);
		cr_assert_eq(memcmp(text, "TEST", 4), 0, "--once says so");
		served++;
	}
	cr_assert_eq(served, 1);
	for (int i = 0; i < 6; i++)
		close(fd[i]);
	cr_assert_eq(rig_wait(r), 0);
	cr_assert_eq(rig_count(r, "Got connection from "), 1);
}

Test(greetd, once_is_used_up_by_a_client_that_leaves_at_once)
{
	struct rig *r =
	    rig_start(RIG("berth-greetd", "--once", "-l", "127.0.0.1:0"));

	rig_reset(rig_open(r, "greet"));
	cr_assert_eq(rig_wait(r), 0);
}

Test(greetd, any_text_even_a_long_one_for_a_slow_reader)
{
	char *text = malloc(LONG_N + 1);
	struct rig *r;
	struct buf got;
	int fd;

	for (size_t i = 0; i < LONG_N; i++)
		text[i] = (char)('!' + rig_pattern(i) % 90 % 45);
	for (size_t i = 0; i < LONG_N; i++)
		if (text[i] <= 0)
			text[i] = 'x';
	text[LONG_N] = '\0';
	r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0", "--text", text));
	fd = rig_connect_narrow(rig_address(r, "greet"));
	buf_init(&got, RIG_BUF_MAX);
	cr_assert(rig_read_all(fd, &got));
	cr_assert_str_eq(buf_str(&got), text);
	buf_free(&got);
	free(text);

	r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0", "--text",
	    "gr\xc3\xbc\xc3\x9f dich\n"));
	fd = rig_open(r, "greet");
	cr_assert(rig_expect(fd, "gr\xc3\xbc\xc3\x9f dich\n"));
	cr_assert(rig_expect_end(fd));

	r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0", "--text="));
	cr_assert(rig_expect_end(rig_open(r, "greet")));
}

Test(greetd, what_the_client_says_first_does_not_eat_the_greeting)
{
	struct rig *r = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0"));
	char noise[4096];

	memset(noise, 'n', sizeof(noise));
	for (int i = 0; i < 30; i++) {
		int fd = rig_open(r, "greet");

		/* Unread input at close would make a reset. */
		send(fd, noise, sizeof(noise), MSG_NOSIGNAL);
		cr_assert(rig_expect(fd, THANKS));
		cr_assert(rig_expect_end(fd));
		close(fd);
	}
}

Test(greetd, serves_the_connection_that_inetd_gives)
{
	for (int tcp = 0; tcp < 2; tcp++) {
		struct rig *r;
		int ends[2];

		(tcp ? rig_tcp_pair : rig_pair)(ends);
		r = rig_serve(RIG("berth-greetd"), ends[1]);
		cr_assert(rig_expect(ends[0], THANKS));
		cr_assert(rig_expect_end(ends[0]));
		close(ends[0]);
		cr_assert_eq(rig_wait(r), 0);
		cr_assert_eq(rig_count(r, "Got connection from "), 1);
	}
}

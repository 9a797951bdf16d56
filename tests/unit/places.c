/*
 * places.c - the dialler's places: what is believed of who looks names up, a
 * process that hears the network.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "dialler/dialler.h"

/* A place whose looker-up is the test: the other end of its socket. */
static struct place *
place(int *end)
{
	static struct place p = { .text = "far.example:80", .port = 80 };
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	p.resolver = ends[0];
	p.good_until = 0;
	*end = ends[1];
	return &p;
}

static bool
hear(struct place *p, int end, const void *said, size_t n)
{
	cr_assert_eq(send(end, said, n, 0), (ssize_t)n);
	return places_hear(p, 1000);
}

Test(places, hosts_are_believed_and_nothing_else)
{
	struct resolver_answer a = { .count = 4 };
	struct place *p;
	int end;

	a.found[0].in = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(22),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	a.found[0].len = sizeof(a.found[0].in);
	a.found[1].un.sun_family = AF_UNIX;
	strcpy(a.found[1].un.sun_path, "/run/docker.sock");
	a.found[1].len = sizeof(a.found[1].un);
	a.found[2].in6.sin6_family = AF_INET6;
	a.found[2].in6.sin6_port = htons(25);
	a.found[2].len = 60000;
	a.found[3].sa.sa_family = 200;
	p = place(&end);
	cr_assert(hear(p, end, &a, sizeof(a)));
	cr_assert_eq(p->error, 0);
	cr_assert_eq(p->count, 2);
	cr_expect_eq(p->found[0].sa.sa_family, AF_INET);
	cr_expect_eq(addr_port(&p->found[0]), 80, "another port");
	cr_expect_eq(addr_port(&p->found[1]), 80, "another port");
	cr_expect_eq(p->found[1].len, sizeof(p->found[1].in6));
	cr_assert(places_know(p, 1001));
}

Test(places, nobody_that_can_be_connected_to)
{
	struct resolver_answer a = { .count = 1 };
	struct place *p;
	int end;

	a.found[0].un.sun_family = AF_UNIX;
	a.found[0].len = sizeof(a.found[0].un);
	p = place(&end);
	cr_assert(hear(p, end, &a, sizeof(a)));
	cr_expect_eq(p->count, 0);
	cr_expect_eq(p->error, ENOENT);
}

Test(places, an_answer_that_is_none)
{
	struct resolver_answer a = { .count = DIALLER_ADDRESSES + 1 };
	struct place *p;
	int end;

	p = place(&end);
	cr_expect_not(hear(p, end, &a, sizeof(a)), "too many");
	a.count = 1;
	cr_expect_not(hear(p, end, &a, sizeof(a) - 1), "cut");
	cr_expect_not(hear(p, end, "?", 1));
	a.error = EAGAIN;
	cr_expect(hear(p, end, &a, sizeof(a)));
	cr_expect_eq(p->count, 0);
	cr_expect_eq(p->error, EAGAIN);
}

/*
 * dialler.c - the dialler: it connects to what it was told at its start and to
 * nothing else, and who asks for more than it may is hung up on.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/dial.h"
#include "rig/rig.h"
#include "system/fdpass.h"

static struct rig *dialler;
static int control;

/* Start it with these places, as a master does. */
static void
start(const char *const *places)
{
	const char *argv[16] = { "berth-dialler", "--" };
	size_t n = 2;
	int ends[2];

	while (*places != NULL)
		argv[n++] = *places++;
	argv[n] = NULL;
	cr_assert_eq(fdpass_pair(ends), 0);
	control = ends[0];
	dialler = rig_spawn(
	    &(struct rig_how){ .argv = argv, .fds = &ends[1], .fd_count = 1 });
	close(ends[1]);
}

static void
stop(void)
{
	close(control);
	cr_expect_eq(rig_wait(dialler), 0);
}

/* A socket for one connection, which may ask for these. */
static int
line(uint32_t first, uint32_t count)
{
	struct dial_scope scope = { first, count };
	int ends[2];

	cr_assert_eq(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	cr_assert_eq(fdpass_send(control, &scope, sizeof(scope), ends[0]), 0);
	close(ends[0]);
	return ends[1];
}

static bool
ask(int fd, uint32_t ticket, uint32_t place)
{
	struct dial_ask a = { ticket, place };

	return send(fd, &a, sizeof(a), MSG_NOSIGNAL) == (ssize_t)sizeof(a);
}

/* The next answer: its error, or -1 when it has hung up. */
static int
answer(int fd, uint32_t *ticket, int *got)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct dial_answer a;

	*got = -1;
	cr_assert_eq(poll(&p, 1, 60000), 1, "no answer");
	if (fdpass_receive(fd, &a, sizeof(a), got) <= 0)
		return -1;
	*ticket = a.ticket;
	cr_expect_eq(*got >= 0, a.error == 0);
	return a.error;
}

/* One question, and what comes of it; a descriptor is closed. */
static int
outcome(int fd, uint32_t place)
{
	uint32_t ticket;
	int got, error;

	if (!ask(fd, 77, place))
		return -1;
	error = answer(fd, &ticket, &got);
	if (error >= 0)
		cr_expect_eq(ticket, 77);
	if (got >= 0)
		close(got);
	return error;
}

static const char *
at(const char *host, unsigned port)
{
	static char text[8][300];
	static size_t n;
	char *to = text[n++ % 8];

	snprintf(to, sizeof(text[0]), "%s:%u", host, port);
	return to;
}

static int
listen_at(int family, unsigned *port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t len = sizeof(six);
	int fd;

	if (family == AF_INET)
		return rig_listen(port);
	fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&six, len) < 0)
		return -1; /* there is no IPv6 here */
	cr_assert_eq(listen(fd, 8), 0);
	cr_assert_eq(getsockname(fd, (struct sockaddr *)&six, &len), 0);
	*port = ntohs(six.sin6_port);
	return fd;
}

Test(dialler, it_passes_what_is_connected)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < 2; i++) {
		unsigned port = 0;
		int listener = listen_at(families[i], &port), fd, got, end;
		uint32_t ticket = 0;

		if (listener < 0)
			continue;
		/* localhost is either. */
		start(RIG(at("localhost", port), at("a.LOCALHOST", port)));
		fd = line(0, 2);
		cr_assert(ask(fd, 5, 0));
		cr_assert_eq(answer(fd, &ticket, &got), 0);
		cr_expect_eq(ticket, 5);
		cr_expect((fcntl(got, F_GETFL) & O_NONBLOCK) != 0);
		end = accept(listener, NULL, NULL);
		cr_assert_geq(end, 0);
		cr_assert_eq(send(got, "hello", 5, 0), 5);
		cr_expect(rig_expect(end, "hello"));
		close(got);
		cr_expect(rig_expect_end(end));
		close(end);
		cr_expect_eq(outcome(fd, 1), 0);
		close(fd);
		close(listener);
		stop();
	}
}

Test(dialler, it_says_what_it_came_to)
{
	unsigned port;
	int fd, other, error;

	close(rig_listen(&port));
	start(RIG(at("localhost", port), at("127.0.0.1", port),
	    "no-such-host.invalid:80"));
	fd = line(0, 3);
	cr_expect_eq(outcome(fd, 0), ECONNREFUSED);
	cr_expect_eq(outcome(fd, 1), ECONNREFUSED);
	error = outcome(fd, 2);
	cr_expect(error == ENOENT || error == EAGAIN, "%d", error);
	/* Others do not wait for a name. */
	cr_assert(ask(fd, 1, 2));
	other = line(1, 1);
	cr_expect_eq(outcome(other, 0), ECONNREFUSED);
	close(other);
	close(fd);
	stop();
}

Test(dialler, a_name_is_looked_up)
{
	char name[256];
	unsigned port;
	int listener = rig_listen(&port), fd, error;

	(void)listener;
	cr_assert_eq(gethostname(name, sizeof(name)), 0);
	/* Whatever this machine calls itself, or no name at all. */
	start(RIG(at(name, port), "127.0.0.1:1"));
	fd = line(0, 1);
	error = outcome(fd, 0);
	cr_expect(error == 0 || error == ECONNREFUSED || error == ENOENT ||
		error == EAGAIN,
	    "%d", error);
	cr_expect_eq(outcome(fd, 0) == 0, error == 0);
	close(fd);
	stop();
}

Test(dialler, nobody_names_another_place)
{
	static const struct {
		uint32_t first, count, place;
	} rows[] = {
		{ 0, 1, 1 },                           /* another service's */
		{ 1, 1, 1 },                           /* behind the last */
		{ 1, 1, UINT32_MAX },                  /* before its own */
		{ 0, 2, 2 }, { 0, 0, 0 }, { 2, 9, 0 }, /* what no master says */
	};
	struct dial_ask twice[2] = { { 1, 0 }, { 2, 0 } };
	char byte = 0, waste[64];
	unsigned port;
	int listener = rig_listen(&port), fd;

	start(RIG(at("127.0.0.1", port), at("localhost", port)));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fd = line(rows[i].first, rows[i].count);
		cr_expect_eq(outcome(fd, rows[i].place), -1, "%zu", i);
		close(fd);
	}
	/* Nor says anything of another size. */
	fd = line(0, 1);
	cr_assert_eq(send(fd, &byte, 1, MSG_NOSIGNAL), 1);
	cr_expect_eq(rig_receive(fd, waste, sizeof(waste)), 0);
	close(fd);
	fd = line(0, 1);
	cr_assert_gt(send(fd, twice, sizeof(twice), MSG_NOSIGNAL), 0);
	cr_expect_eq(rig_receive(fd, waste, sizeof(waste)), 0);
	close(fd);
	fd = line(1, 1);
	cr_expect_eq(outcome(fd, 0), 0);
	close(fd);
	close(listener);
	stop();
}

/* Nobody answers there: a listener whose backlog is full. */
static unsigned
deaf_port(void)
{
	unsigned port;
	int listener = rig_listen(&port);

	cr_assert_eq(listen(listener, 0), 0);
	for (int i = 0; i < 4; i++) {
		struct sockaddr_in to = { .sin_family = AF_INET,
			.sin_port = htons((uint16_t)port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

		cr_assert(
		    connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
		    errno == EINPROGRESS);
	}
	return port;
}

Test(dialler, who_asks_too_much_at_once_is_hung_up_on_and_others_served)
{
	unsigned port;
	int listener = rig_listen(&port), fd, other, got;
	uint32_t ticket;

	start(RIG(at("127.0.0.1", deaf_port()), at("127.0.0.1", port)));
	fd = line(0, 2);
	other = line(0, 2);
	for (uint32_t i = 0; i < DIAL_AT_ONCE; i++)
		cr_assert(ask(fd, i + 1, 0));
	cr_expect_eq(outcome(other, 1), 0);
	/* One more. */
	cr_assert(ask(fd, 99, 1));
	cr_expect_eq(answer(fd, &ticket, &got), -1);
	cr_expect_eq(outcome(other, 1), 0);
	close(fd);
	close(other);
	close(listener);
	stop();
}

Test(dialler, who_does_not_take_answers_is_hung_up_on)
{
	unsigned port;
	int listener = rig_listen(&port), fd, other, before;
	size_t sent = 0;

	(void)listener;
	cr_assert_eq(listen(listener, 4096), 0);
	start(RIG(at("127.0.0.1", port)));
	other = line(0, 1);
	cr_expect_eq(outcome(other, 0), 0);
	/* Only root may look into a process that is not dumpable: else -1. */
	before = rig_descriptors(rig_pid(dialler));
	fd = line(0, 1);
	/* Never read: what can lie in the socket is bounded. */
	while (sent < 5000 && ask(fd, 1, 0))
		sent++;
	cr_expect_lt(sent, 5000);
	cr_expect(rig_hear(dialler, "does not take what it asked for"));
	cr_expect_eq(outcome(other, 0), 0);
	cr_expect_leq(rig_descriptors(rig_pid(dialler)), before + 1);
	close(fd);
	close(other);
	stop();
}

Test(dialler, whose_line_ends_has_its_calls_ended)
{
	unsigned port;
	int listener = rig_listen(&port), fd, other, before;

	start(RIG(at("127.0.0.1", deaf_port()), at("127.0.0.1", port)));
	other = line(0, 2);
	cr_expect_eq(outcome(other, 1), 0);
	/* Only root may look into a process that is not dumpable: else -1. */
	before = rig_descriptors(rig_pid(dialler));
	fd = line(0, 1);
	for (uint32_t i = 0; i < DIAL_AT_ONCE; i++)
		cr_assert(ask(fd, i + 1, 0));
	close(fd);
	/* Heard after them. */
	cr_expect_eq(outcome(other, 1), 0);
	for (int i = 0; i < 1000; i++) {
		if (rig_descriptors(rig_pid(dialler)) <= before)
			break;
		usleep(10000);
	}
	cr_expect_leq(rig_descriptors(rig_pid(dialler)), before);
	close(other);
	close(listener);
	stop();
}

Test(dialler, it_ends_with_the_last_of_those_it_knows)
{
	unsigned port;
	int listener = rig_listen(&port), fd;

	start(RIG(at("127.0.0.1", port)));
	fd = line(0, 1);
	cr_expect_eq(outcome(fd, 0), 0);
	/* As at a reload: told to end, and its master's socket closed. */
	cr_assert_eq(kill(rig_pid(dialler), SIGTERM), 0);
	close(control);
	cr_expect_eq(outcome(fd, 0), 0);
	cr_expect(!rig_ended(dialler));
	close(fd);
	close(listener);
	cr_expect_eq(rig_wait(dialler), 0);
}

Test(dialler, what_it_is_told_is_checked)
{
	static const char *const bad[] = { "h", "h:", "h:0", "h:65536", ":80",
		"unix:/x", "a b:80", "http://h:80" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		start(RIG(bad[i]));
		cr_expect_eq(rig_wait(dialler), 64, "%s", bad[i]);
		close(control);
	}
	cr_expect_eq(rig_wait(rig_run(RIG("berth-dialler", "h:80"))), 64);
}

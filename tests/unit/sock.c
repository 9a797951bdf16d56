/*
 * sock.c - tests of system/sock.h: listening, connecting in time, and what
 * kind a descriptor is.
 */
#include "system/sock.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/clock.h"

static struct addr
address(const char *text)
{
	struct addr found[ADDR_MAX_FOUND];
	const char *why = "";

	cr_assert_gt(addr_listen(text, found, &why), 0, "%s: %s", text, why);
	return found[0];
}

static struct addr
unix_path(const char *path)
{
	char text[256];

	snprintf(text, sizeof(text), "unix:%s", path);
	return address(text);
}

Test(sock, a_path_is_taken_over_from_the_dead_only)
{
	const char *dir = rig_place();
	struct addr a = unix_path(rig_in(dir, "s"));
	struct addr file = unix_path(rig_file(dir, "file", "precious"));
	struct addr far = unix_path(rig_in(dir, "none/s"));
	int fd = sock_listen(&a, SOCK_STREAM);

	cr_assert_geq(fd, 0);
	cr_expect_eq(sock_listen(&a, SOCK_STREAM), -1);
	cr_expect_eq(errno, EADDRINUSE, "its owner lives");
	/* To find that out was one client for its backlog. */
	cr_assert_eq(listen(fd, 0), 0);
	cr_expect_eq(sock_connect(&a, SOCK_STREAM, clock_ms() + 5000), -1);
	cr_expect_eq(errno, EAGAIN);
	cr_expect_eq(sock_listen(&a, SOCK_STREAM), -1);
	cr_expect_eq(errno, EADDRINUSE, "its owner is busy");
	close(fd);
	fd = sock_listen(&a, SOCK_STREAM);
	cr_expect_geq(fd, 0, "its owner is gone");
	cr_expect_eq(sock_listen(&file, SOCK_STREAM), -1);
	cr_expect_eq(errno, EADDRINUSE);
	cr_expect_eq(access(rig_in(dir, "file"), F_OK), 0);
	cr_expect_eq(sock_listen(&far, SOCK_STREAM), -1);
	cr_expect_eq(errno, ENOENT);
}

Test(sock, kinds)
{
	struct addr any = address("127.0.0.1:0"), a;
	int stream = sock_listen(&any, SOCK_STREAM);
	int datagram = sock_listen(&any, SOCK_DGRAM);
	int fresh = socket(AF_INET, SOCK_STREAM, 0), pair[2], to, file;

	cr_assert_eq(addr_of_local(stream, &a), 0);
	to = sock_connect(&a, SOCK_STREAM, clock_ms() + 5000);
	file = open("/dev/null", O_RDWR);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cr_assert(to >= 0 && file >= 0);

	cr_expect(sock_is_listener(stream) && !sock_is_connected(stream));
	cr_expect(sock_is_listener(datagram) && !sock_is_connected(datagram));
	cr_expect(!sock_is_listener(fresh) && !sock_is_connected(fresh));
	cr_expect(!sock_is_listener(to) && sock_is_connected(to));
	cr_expect(!sock_is_listener(pair[0]) && sock_is_connected(pair[0]));
	cr_expect(!sock_is_listener(file) && !sock_is_connected(file));
	cr_expect_eq(sock_type(file), -1);
	cr_expect_eq(errno, ENOTSOCK);
	cr_expect(!(fcntl(to, F_GETFL) & O_NONBLOCK), "made to block again");
	cr_expect(fcntl(stream, F_GETFL) & O_NONBLOCK);
}

Test(sock, nobody_listens_there)
{
	struct addr a = address("127.0.0.1:0");
	int fd = sock_listen(&a, SOCK_STREAM);

	cr_assert_eq(addr_of_local(fd, &a), 0);
	close(fd);
	cr_expect_eq(sock_connect(&a, SOCK_STREAM, clock_ms() + 5000), -1);
	cr_expect_eq(errno, ECONNREFUSED);
}

/* A listener with a full backlog drops who knocks, and the kernel tries on. */
Test(sock, a_connect_ends_at_the_deadline)
{
	struct addr a = address("127.0.0.1:0");
	int fd = sock_listen(&a, SOCK_STREAM), last = 0;
	int64_t began;

	cr_assert_eq(addr_of_local(fd, &a), 0);
	cr_assert_eq(listen(fd, 0), 0);
	for (int i = 0; i < 10 && last >= 0; i++) {
		began = clock_ms();
		last = sock_connect(&a, SOCK_STREAM, began + 200);
	}
	cr_expect_eq(last, -1);
	cr_expect_eq(errno, ETIMEDOUT);
	cr_expect_geq(clock_ms() - began, 200);
}

/* Who has not come yet does not get in, and who is in the backlog does; it
 * needs no right. */
Test(sock, a_door_that_is_shut)
{
	for (int kind = 0; kind < 2; kind++) {
		struct addr a = kind == 0 ? address("127.0.0.1:0") :
					    unix_path(rig_in(rig_place(), "s"));
		int fd = sock_listen(&a, SOCK_STREAM), early;

		cr_assert_eq(addr_of_local(fd, &a), 0);
		early = sock_connect(&a, SOCK_STREAM, clock_ms() + 5000);
		cr_assert_geq(early, 0);
		sock_stop_listening(fd);
		cr_expect_eq(
		    sock_connect(&a, SOCK_STREAM, clock_ms() + 200), -1);
		cr_expect_geq(accept(fd, NULL, NULL), 0, "kind %d", kind);
		cr_expect_eq(accept(fd, NULL, NULL), -1);
		cr_expect(errno == EAGAIN || (kind == 1 && errno == EINVAL));
	}
}

Test(sock, no_descriptor_left)
{
	struct addr a = address("127.0.0.1:0");
	struct rlimit few = { 3, 3 };

	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	cr_expect_eq(sock_listen(&a, SOCK_STREAM), -1);
	cr_expect_eq(errno, EMFILE);
	cr_expect_eq(sock_connect(&a, SOCK_STREAM, clock_ms() + 100), -1);
	cr_expect_eq(errno, EMFILE);
}

static int
unsent_of(int fd)
{
	int n = -1;
	socklen_t len = sizeof(n);

	getsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &n, &len);
	return n;
}

Test(sock, few_may_have_much_waiting_unsent)
{
	static const struct {
		size_t n;
		int unsent;
	} table[] = { { 0, 4 << 20 }, { 1, 4 << 20 }, { 16, 4 << 20 },
		{ 32, 2 << 20 }, { 255, (64 << 20) / 255 }, { 256, 0 },
		{ 512, 0 }, { SIZE_MAX, 0 } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct addr a = address("127.0.0.1:0");
		int fd = sock_listen(&a, SOCK_STREAM), least = unsent_of(fd);

		cr_assert_eq(least, 256 * 1024, "as a listener has it");
		sock_share_unsent(fd, table[i].n);
		cr_expect_eq(unsent_of(fd),
		    table[i].unsent > 0 ? table[i].unsent : least, "%zu: %d",
		    table[i].n, unsent_of(fd));
		close(fd);
	}
}

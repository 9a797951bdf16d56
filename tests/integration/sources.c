/*
 * sources.c - where clients come from: how many of one source, and
 * sources whose conduct is bad.  Others are served all the same.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"
#include "master/admit.h"

#define OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define GET          "GET /f HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define NO_REQUEST   "GET /f HTP/0\r\n\r\n"
#define TRIES        300

/* Say words; returns the status of the reply, and the connection. */
static int
ask(struct rig *r, const char *source, const char *words, int *fd)
{
	struct rig_reply reply = { 0 };
	int status;

	*fd = rig_connect_from(source, rig_address(r, "http"));
	cr_assert_geq(*fd, 0, "%s cannot connect", source);
	cr_assert(rig_send(*fd, words));
	cr_assert(rig_reply(*fd, &reply, false));
	status = reply.status;
	rig_reply_free(&reply);
	return status;
}

static int
ask_once(struct rig *r, const char *source, const char *words)
{
	int fd, status = ask(r, source, words, &fd);

	close(fd);
	return status;
}

static struct rig *
site(const char *address, const char *per_client)
{
	const char *dir = rig_place();

	rig_file(dir, "f", "content");
	return rig_start(RIG("berth-httpd", "-v", "-l", address, "--per-client",
	    per_client, dir));
}

Test(sources, each_address_has_its_own_share)
{
	struct rig *r = site("127.0.0.1:0", "2");
	int fd[6], more;

	for (int i = 0; i < 6; i++) {
		char source[16];

		snprintf(source, sizeof(source), "127.0.0.%d", 2 + i / 2);
		cr_assert_eq(ask(r, source, GET, &fd[i]), 200);
	}
	cr_assert_eq(ask(r, "127.0.0.3", GET, &more), 503);
	cr_assert(
	    rig_hear(r, "127.0.0.3: too many connections from one address"));
	cr_assert_eq(ask(r, "127.0.0.5", GET, &more), 200);
	cr_assert_eq(rig_stop(r), 0);
}

/* What SIOCSIFADDR takes, which <linux/ipv6.h> has and cannot be included. */
struct ifreq6 {
	struct in6_addr address;
	uint32_t prefix;
	int index;
};

/*
 * The kernel takes a moment with a new address.
 */
static bool
is_ours(void *address)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool bound;

	inet_pton(AF_INET6, address, &a.sin6_addr);
	bound = bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	close(fd);
	return bound;
}

/*
 * A network of our own, in which these addresses are this machine's.  False
 * when we may not have one.
 */
static bool
own_network(const char *const *addresses)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd;

	if (unshare(CLONE_NEWNET) != 0)
		return false;
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &lo) != 0)
		return false;
	lo.ifr_flags |= IFF_UP;
	cr_assert_eq(ioctl(fd, SIOCSIFFLAGS, &lo), 0);
	for (; *addresses != NULL; addresses++) {
		struct ifreq6 one = { .prefix = 128,
			.index = (int)if_nametoindex("lo") };

		cr_assert_eq(inet_pton(AF_INET6, *addresses, &one.address), 1);
		cr_assert_eq(ioctl(fd, SIOCSIFADDR, &one), 0);
		cr_assert(rig_until("it is ours", is_ours, (void *)*addresses));
	}
	close(fd);
	return true;
}

Test(sources, an_ipv6_network_of_64_bits_is_one_source)
{
	static const char *const at[] = { "2001:db8:0:1::1",
		"2001:db8:0:1:2:3:4:5", "2001:db8:0:1::3", "2001:db8:0:2::1",
		"2001:db8:1:1::1", NULL };
	struct rig *r;
	int fd[5];

	if (!own_network(at))
		cr_skip_test("no network of our own to be had");
	r = site("[2001:db8:0:1::1]:0", "2");
	cr_assert_eq(ask(r, at[0], GET, &fd[0]), 200);
	cr_assert_eq(ask(r, at[1], GET, &fd[1]), 200);
	cr_assert_eq(ask(r, at[2], GET, &fd[2]), 503);
	cr_assert_eq(ask(r, at[0], GET, &fd[2]), 503);
	cr_assert_eq(ask(r, at[3], GET, &fd[3]), 200);
	cr_assert_eq(ask(r, at[4], GET, &fd[4]), 200);
	cr_assert_eq(rig_stop(r), 0);
}

Test(sources, who_breaks_the_rules_again_and_again_is_turned_away)
{
	struct rig *r = site("127.0.0.1:0", "1000");
	int times = 0;

	while (times < TRIES && ask_once(r, "127.0.0.2", NO_REQUEST) == 400)
		times++;
	cr_assert_geq(times, ADMIT_LIMIT / ADMIT_RUDE_POINTS);
	cr_assert_lt(times, TRIES);
	cr_assert(
	    rig_hear(r, "127.0.0.2: connections from there have crashed"));
	/* For good requests too; and nobody else. */
	cr_assert_eq(ask_once(r, "127.0.0.2", GET), 503);
	cr_assert_eq(ask_once(r, "127.0.0.3", GET), 200);
	cr_assert_eq(rig_stop(r), 0);
}

static bool
comes_in(struct rig *r, const char *source)
{
	int fd = rig_connect_from(source, rig_address(r, FAULTY));
	char in[3];
	bool served;

	cr_assert_geq(fd, 0);
	/* It may be turned away before it has said this. */
	served = send(fd, "echo in\n", 8, MSG_NOSIGNAL) == 8 &&
	    rig_receive(fd, in, sizeof(in)) > 0;
	close(fd);
	return served;
}

static void
crash(struct rig *r, const char *source, const char *word)
{
	int fd = rig_connect_from(source, rig_address(r, FAULTY));
	char byte;

	cr_assert_geq(fd, 0);
	send(fd, word, strlen(word), MSG_NOSIGNAL);
	cr_assert_leq(rig_receive(fd, &byte, 1), 0, "%s", word);
	close(fd);
}

/*
 * Whatever makes a child crash.  The master takes a new image meanwhile.
 */
Test(sources, who_crashes_children_is_turned_away)
{
	static const char *const words[] = { "abort\n",
#ifndef BERTH_ASAN
		"segv\n", "stack\n", "oom\n", "sys\n", "hang\n"
#endif
	};
	struct rig *r;

	rig_needs_sandbox(); /* for what takes all memory, or calls the forbidden */
	r = faulty_start(OPTIONS("-v", "--per-client", "1000"));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char source[16], said[80];
		int times = 0;

		if (strcmp(words[i], "sys\n") == 0 &&
		    strstr(rig_err(r), "seccomp") == NULL)
			continue;
		snprintf(source, sizeof(source), "127.0.0.%zu", 2 + i);
		while (times < TRIES && comes_in(r, source)) {
			crash(r, source, words[i]);
			times++;
		}
		cr_assert(comes_in(r, "127.0.0.1"), "%s", words[i]);
		cr_assert_lt(times, TRIES, "%s", words[i]);
		cr_assert_geq(times, ADMIT_LIMIT / ADMIT_CRASH_POINTS);
		snprintf(said, sizeof(said),
		    "%s: connections from there have crashed", source);
		cr_assert(rig_hear(r, said));
	}
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

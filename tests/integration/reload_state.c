/*
 * reload_state.c - what the master's next image knows of the earlier one:
 * whom the children serve, who has behaved badly, what was counted.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

/* Connect to 127.0.0.1 from another of this machine's addresses. */
static int
connect_from(const char *source, unsigned port)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, source, &from.sin_addr);
	cr_assert_eq(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void
reload(struct rig *r, size_t times)
{
	size_t before = rig_count(r, "sandbox:");

	rig_signal(r, SIGHUP);
	cr_assert(rig_hear_times(r, "reloading", times));
	cr_assert(rig_hear_times(r, "sandbox:", before + 1));
}

/* A client that was answered; *child serves it. */
static int
come_from(struct rig *r, const char *source, pid_t *child)
{
	int fd = connect_from(source, rig_port(r, "upper"));

	cr_assert(rig_send(fd, "come"));
	cr_assert(rig_expect(fd, "COME"));
	*child = rig_server_of(fd, rig_pid(r));
	cr_assert_gt(*child, 0);
	return fd;
}

static struct rig *
upperd(const char *per_client)
{
	return rig_start(RIG(
	    "berth-upperd", "-l", "127.0.0.1:0", "--per-client", per_client));
}

Test(reload_state, a_crash_after_a_reload_is_logged_with_its_client)
{
	struct rig *r = upperd("64");
	pid_t child;
	int fd = come_from(r, "127.0.0.9", &child);
	char words[64];

	reload(r, 1);
	cr_assert(rig_send(fd, "still"));
	cr_assert(rig_expect(fd, "STILL"));
	kill(child, SIGSEGV);
	snprintf(
	    words, sizeof(words), "child %d, serving 127.0.0.9:", (int)child);
	cr_assert(rig_hear(r, words));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(reload_state, crashes_add_up_over_the_renewals_that_they_bring)
{
	struct rig *r = upperd("64");
	unsigned port = rig_port(r, "upper");
	int fd, good;
	pid_t child;

	for (size_t i = 1; i <= 4; i++) {
		fd = come_from(r, "127.0.0.9", &child);
		kill(child, SIGSEGV);
		cr_assert(rig_hear_times(r, "crashed: SIGSEGV", i));
		cr_assert(rig_hear_times(r, "reloading", i));
		close(fd);
	}
	/* The culprit waits outside, and nobody else. */
	fd = connect_from("127.0.0.9", port);
	cr_expect(rig_expect_end(fd) || rig_expect_reset(fd));
	close(fd);
	good = come_from(r, "127.0.0.8", &child);
	close(good);
	cr_assert_eq(rig_stop(r), 0);
}

static bool
comes_in(void *port)
{
	int fd = connect_from("127.0.0.9", *(unsigned *)port);
	char in[3];
	bool served = send(fd, "in", 2, MSG_NOSIGNAL) == 2 &&
	    rig_receive(fd, in, sizeof(in)) > 0;

	close(fd);
	return served;
}

Test(reload_state, who_was_inside_counts_for_its_source)
{
	struct rig *r = upperd("2");
	unsigned port = rig_port(r, "upper");
	pid_t child;
	int fd[2], out;

	for (int i = 0; i < 2; i++)
		fd[i] = come_from(r, "127.0.0.9", &child);
	reload(r, 1);
	reload(r, 2);
	out = connect_from("127.0.0.9", port);
	cr_assert(rig_expect_end(out));
	close(out);
	/* One leaves, one comes in. */
	close(fd[0]);
	cr_assert(rig_until("there is room again", comes_in, &port));
	close(fd[1]);
	cr_assert_eq(rig_stop(r), 0);
}

static uint64_t
figure(const char *address, const char *name)
{
	struct rig_reply reply;
	unsigned long long value = 0;
	char key[64];
	const char *at;

	cr_assert(rig_ask(address,
	    "GET /status HTTP/1.1\r\nHost: localhost\r\n"
	    "Accept: application/json\r\nConnection: close\r\n\r\n",
	    &reply));
	cr_assert_eq(reply.status, 200);
	snprintf(key, sizeof(key), "\"%s\":", name);
	at = memmem(reply.body.p, reply.body.n, key, strlen(key));
	cr_assert_not_null(at, "%s", name);
	cr_assert_eq(sscanf(at + strlen(key), "%llu", &value), 1);
	rig_reply_free(&reply);
	return value;
}

Test(reload_state, the_status_page_counts_on)
{
	const char *dir = rig_place();
	struct rig *r = rig_start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--status", "/status", dir));
	const char *address = rig_address(r, "http");
	uint64_t up = figure(address, "up_ms");

	for (int i = 0; i < 5; i++)
		figure(address, "requests");
	cr_expect_eq(figure(address, "reloads"), 0);
	reload(r, 1);
	cr_expect_eq(figure(address, "reloads"), 1);
	cr_expect_eq(figure(address, "connections"), 9);
	/* A request is counted once it is answered, a moment later. */
	cr_expect_geq(figure(address, "requests"), 5);
	cr_expect_gt(figure(address, "up_ms"), up);
	cr_assert_eq(rig_stop(r), 0);
}

Test(reload_state, the_status_page_shows_the_sandbox)
{
	const char *dir = rig_place(), *line, *end;
	struct rig *r = rig_start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--status", "/status", dir));
	struct rig_reply reply;

	line = strstr(rig_err(r), "sandbox: ");
	cr_assert_not_null(line);
	line += strlen("sandbox: ");
	end = strchr(line, '\n');
	cr_assert_not_null(end);
	cr_assert(rig_get(rig_address(r, "http"), "/status", &reply));
	cr_assert_not_null(
	    memmem(reply.body.p, reply.body.n, line, (size_t)(end - line)));
	cr_assert_eq(rig_stop(r), 0);
}

/* A child may say that it is idle just when the master is exec'd. */
Test(reload_state, children_that_serve_many_bear_a_reload)
{
	struct rig *r = rig_start(RIG("berth-upperd", "-l", "127.0.0.1:0",
	    "--reuse", "0", "--max-idle", "4"));
	const char *address = rig_address(r, "upper");

	for (size_t i = 1; i <= 60; i++) {
		rig_signal(r, SIGHUP);
		while (rig_count(r, "reloading") < i) {
			int fd = rig_connect(address);

			cr_assert(rig_send(fd, "x"));
			cr_assert(rig_expect(fd, "X"));
			close(fd);
		}
	}
	cr_expect_eq(rig_count(r, "crashed"), 0);
	cr_expect_eq(rig_count(r, "control socket"), 0);
	cr_assert_eq(rig_stop(r), 0);
}

Test(reload_state, a_stray_announcement_of_one_means_nothing)
{
	struct rig *r = rig_start_how(
	    &(struct rig_how){ .argv = RIG("berth-upperd", "-l", "127.0.0.1:0"),
		.env = RIG("BERTH_RELOAD=3") });

	cr_assert_gt(rig_port(r, "upper"), 0);
	cr_assert_eq(rig_count(r, "earlier image"), 0);
	cr_assert_eq(rig_stop(r), 0);
}

Test(reload_state, too_few_descriptors_are_named)
{
	struct rig *r = rig_run(
	    RIG("/bin/sh", "-c", "ulimit -n 200; exec \"$0\" -l 127.0.0.1:0",
		rig_path("berth-upperd")));

	cr_assert_eq(rig_wait(r), 71);
	cr_assert(rig_hear(r, "the limit on descriptors is 200"));
}

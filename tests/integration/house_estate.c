/*
 * house_estate.c - what the master's next image knows of the earlier one:
 * whom the children serve, who has behaved badly, what was counted; and that
 * the earlier one goes on when there is no next.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/clock.h"

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
	size_t before = rig_count(r, "box:");

	rig_signal(r, SIGHUP);
	cr_assert(rig_hear_times(r, "reloading", times));
	cr_assert(rig_hear_times(r, "box:", before + 1));
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

Test(house_estate, a_crash_after_a_reload_is_logged_with_its_client)
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

Test(house_estate, crashes_add_up_over_the_renewals_that_they_bring)
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

Test(house_estate, who_was_inside_counts_for_its_source)
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
	    "GET /status HTTP/1.1\r\nHost: x\r\n"
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

Test(house_estate, the_status_page_counts_on)
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

Test(house_estate, the_status_page_shows_the_box)
{
	const char *dir = rig_place(), *line, *end;
	struct rig *r = rig_start(RIG(
	    "berth-httpd", "-l", "127.0.0.1:0", "--status", "/status", dir));
	struct rig_reply reply;

	line = strstr(rig_err(r), "box: ");
	cr_assert_not_null(line);
	line += strlen("box: ");
	end = strchr(line, '\n');
	cr_assert_not_null(end);
	cr_assert(rig_get(rig_address(r, "http"), "/status", &reply));
	cr_assert_not_null(
	    memmem(reply.body.p, reply.body.n, line, (size_t)(end - line)));
	cr_assert_eq(rig_stop(r), 0);
}

/* berth-upperd from a file that is ours, which a line of sh then replaces. */
static struct rig *
replaced_by(const char *place, const char *line)
{
	const char *path = rig_in(place, "server");
	struct buf program, script;
	struct rig *r;

	buf_init(&program, RIG_BUF_MAX);
	cr_assert_eq(rig_slurp(rig_path("berth-upperd"), &program), 0);
	path = rig_file_bytes(place, "server", program.p, program.n);
	cr_assert_eq(chmod(path, 0755), 0);
	buf_free(&program);
	r = rig_start(RIG(path, "-l", "127.0.0.1:0", "--max-idle", "4"));

	buf_init(&script, 4096);
	buf_addf(&script, "#!/bin/sh\n%s\n", line);
	rig_file(place, "new", buf_str(&script));
	buf_free(&script);
	cr_assert_eq(chmod(rig_in(place, "new"), 0755), 0);
	cr_assert_eq(rename(rig_in(place, "new"), rig_in(place, "server")), 0);
	return r;
}

static bool
is_there(void *path)
{
	return access(path, F_OK) == 0;
}

struct most_open {
	pid_t pid;
	int n;
};

static bool
has_no_more_open(void *arg)
{
	const struct most_open *most = arg;

	return rig_descriptors(most->pid) <= most->n;
}

static void
expect_no_reload(const char *line, const char *why)
{
	struct rig *r = replaced_by(rig_place(), line);
	struct most_open before = { .pid = rig_pid(r) };
	int fd;

	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	before.n = rig_descriptors(rig_pid(r));
	fd = rig_open(r, "upper");

	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "no reload: "));
	cr_assert(rig_hear(r, why), "%s", why);
	cr_assert(rig_hear(r, "the old"));
	cr_assert(rig_send(fd, "y"));
	cr_assert(rig_expect(fd, "Y"));
	close(fd);
	/* Nothing is left of the attempt, and all works as before. */
	for (int i = 0; i < 20; i++) {
		fd = rig_open(r, "upper");
		cr_assert(rig_send(fd, "x"));
		cr_assert(rig_expect(fd, "X"));
		close(fd);
	}
	cr_expect(rig_until(
	    "no descriptor is left of it", has_no_more_open, &before));
	cr_assert_eq(rig_stop(r), 0);
}

Test(house_estate, a_program_that_vanishes_after_its_trial_is_no_loss)
{
	expect_no_reload("rm -- \"$0\"", "No such file");
}

Test(house_estate, nor_is_one_that_dies_in_it)
{
	expect_no_reload("kill -s SEGV $$", "died of SIGSEGV");
}

Test(house_estate, nor_one_that_hangs)
{
	expect_no_reload("exec sleep 60", "was not ready after 10 s");
}

/* Exec'd by the reload, the program finds another version's estate. */
Test(house_estate, an_estate_of_another_version_is_left_alone)
{
	const char *place = rig_place();
	struct rig *r;
	char line[512];
	int fd, old;

	snprintf(line, sizeof(line),
	    "if [ -n \"$BERTH_ESTATE\" ]; then\n"
	    "	eval \"exec $BERTH_ESTATE<&-\" \"$BERTH_ESTATE</etc/passwd\"\n"
	    "fi\nexec '%s' \"$@\"",
	    rig_path("berth-upperd"));
	r = replaced_by(place, line);
	old = rig_open(r, "upper");
	cr_assert(rig_send(old, "x"));
	cr_assert(rig_expect(old, "X"));
	reload(r, 1);
	cr_assert(rig_hear(r, "is not to be understood"));
	cr_assert(rig_send(old, "y"));
	cr_assert(rig_expect(old, "Y"));
	fd = rig_open(r, "upper");
	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	close(fd);
	/* The drain knows of the old one nevertheless. */
	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_expect_end(old));
}

/* A reload that is asked for while another one is tried, and fails. */
Test(house_estate, what_was_mended_during_a_trial_is_tried_again)
{
	const char *place = rig_place();
	struct rig *r;
	char line[600];
	int fd;

	snprintf(line, sizeof(line),
	    "[ -e \"$0.tried\" ] && exec '%s' \"$@\"\n"
	    ": >\"$0.tried\"\nsleep 1\nexit 64",
	    rig_path("berth-upperd"));
	r = replaced_by(place, line);
	rig_signal(r, SIGHUP);
	cr_assert(rig_until("the first trial is on", is_there,
	    (void *)rig_in(place, "server.tried")));
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "no reload"));
	cr_assert(rig_hear(r, "reloading"));
	fd = rig_open(r, "upper");
	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

/* A child may say that it is idle just when the master is exec'd. */
Test(house_estate, children_that_serve_many_bear_a_reload)
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

/* No process to be had, and no way back. */
Test(house_estate, a_reload_bears_that_no_process_can_be_forked)
{
	struct rig *r;
	int fd;

	if (getuid() != 0)
		cr_skip_test("other processes of ours would count");
	r = rig_start(RIG("/bin/sh", "-c",
	    "exec setpriv --reuid 54321 --regid 54321 --clear-groups "
	    "prlimit --nproc=8 \"$0\" -l 127.0.0.1:0 --min-idle 3",
	    rig_path("berth-upperd")));
	for (size_t i = 1; i <= 30; i++) {
		rig_signal(r, SIGHUP);
		rig_pause_ms(20);
		fd = rig_open(r, "upper");
		cr_assert(rig_send(fd, "x"));
		cr_assert(rig_expect(fd, "X"));
		close(fd);
	}
	cr_assert_not(rig_ended(r));
	cr_assert_eq(rig_stop(r), 0);
}

Test(house_estate, a_stray_announcement_of_one_means_nothing)
{
	struct rig *r = rig_start_how(
	    &(struct rig_how){ .argv = RIG("berth-upperd", "-l", "127.0.0.1:0"),
		.env = RIG("BERTH_ESTATE=3") });

	cr_assert_gt(rig_port(r, "upper"), 0);
	cr_assert_eq(rig_count(r, "earlier image"), 0);
	cr_assert_eq(rig_stop(r), 0);
}

Test(house_estate, too_few_descriptors_are_named)
{
	struct rig *r = rig_run(
	    RIG("/bin/sh", "-c", "ulimit -n 200; exec \"$0\" -l 127.0.0.1:0",
		rig_path("berth-upperd")));

	cr_assert_eq(rig_wait(r), 71);
	cr_assert(rig_hear(r, "the limit on descriptors is 200"));
}

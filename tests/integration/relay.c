/*
 * relay.c - berth-relay alone: what a child that was taken over may ask of it,
 * and what it runs.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/relay.h"
#include "rig/rig.h"
#include "system/fdpass.h"

static struct rig *relay;
static int control;

static int
line(void)
{
	uint32_t scope[2] = { 0, 0 };
	int ends[2];

	cr_assert_eq(fdpass_pair(ends), 0);
	cr_assert_eq(fdpass_send(control, scope, sizeof(scope), ends[0]), 0);
	close(ends[0]);
	return ends[1];
}

static void
start_as(const char *program, const char *server)
{
	int ends[2];

	cr_assert_eq(fdpass_pair(ends), 0);
	control = ends[0];
	relay = rig_spawn(&(struct rig_how){
	    .argv = RIG(program, "--to", "*@b.example", "--", server),
	    .fds = &ends[1],
	    .fd_count = 1 });
	close(ends[1]);
}

static void
start_alone(const char *server)
{
	start_as("berth-relay", server);
}

/* It is asked, and says no. */
static void
expect_refused(int fd, const struct relay_ask *a, int file, size_t row)
{
	static struct relay_answer answer;

	cr_assert_eq(fdpass_send(fd, a, sizeof(*a), file), 0);
	cr_assert_eq(rig_receive(fd, &answer, sizeof(answer)), sizeof(answer));
	cr_expect_eq(answer.ticket, a->ticket);
	cr_expect_eq(answer.end, RELAY_REFUSED, "%zu", row);
}

Test(relay, a_child_that_was_taken_over_gets_no_further)
{
	static struct relay_ask a;
	static const struct {
		const char *from, *to;
		uint32_t count;
	} rows[] = {
		{ "a@a.example", "c@c.example", 1 }, { "a@a.example", "-n", 1 },
		{ "a@a.example\r\nDATA", "b@b.example", 1 },
		{ "-o", "b@b.example", 1 }, { "a@a.example", "b@b.example", 0 },
		{ "a@a.example", "b@b.example", RELAY_TO_MOST + 1 },
		{ "a@a.example", "b@b.example", 2 }, /* the second is "" */
	};
	char waste[16];
	int fd, file;

	start_alone("127.0.0.1:1");
	file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd = line();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&a, 0, sizeof(a));
		a.ticket = (uint32_t)i + 1;
		a.count = rows[i].count;
		strcpy(a.from, rows[i].from);
		strcpy(a.to, rows[i].to);
		expect_refused(fd, &a, file, i);
	}
	/* Texts without an end. */
	memset(&a, 'x', sizeof(a));
	a.count = 1;
	expect_refused(fd, &a, file, 0);
	/* No file, or another size: hung up on. */
	cr_assert_eq(fdpass_send(fd, &a, sizeof(a), -1), 0);
	cr_expect_eq(rig_receive(fd, waste, sizeof(waste)), 0);
	close(fd);
	fd = line();
	cr_assert_eq(fdpass_send(fd, "x", 1, file), 0);
	cr_expect_eq(rig_receive(fd, waste, sizeof(waste)), 0);
	close(fd);
	close(file);
	close(control);
	cr_expect_eq(rig_wait(relay), 0);
}

/* A copy of the relay runs what lies beside it. */
static void
start_with_sender(const char *script)
{
	const char *dir = rig_place(), *program;
	struct buf b;

	buf_init(&b, 1 << 28);
	cr_assert_eq(rig_slurp(rig_path("berth-relay"), &b), 0);
	program = rig_file_bytes(dir, "berth-relay", b.p, b.n);
	buf_free(&b);
	cr_assert_eq(chmod(program, 0755), 0);
	cr_assert_eq(chmod(rig_file(dir, "berth-smtp", script), 0755), 0);
	start_as(program, "127.0.0.1:1");
}

static bool
has_child(void *pid)
{
	return rig_children(rig_pid(relay), pid, 1) == 1;
}

/*
 * A sender that the message has taken over says no more and does not end:
 * others are served, and its client gets an answer.
 */
Test(relay, what_it_runs_holds_up_nobody)
{
	static struct relay_ask a = { .count = 1, .to = "b@b.example" };
	static struct relay_answer answer;
	int fd, file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	start_with_sender("#!/bin/sh\n"
			  "echo hello >&2\nexec >&- 2>&-\nexec sleep 1000\n");
	for (a.ticket = 1; a.ticket < 3; a.ticket++) {
		fd = line();
		cr_assert_eq(fdpass_send(fd, &a, sizeof(a), file), 0);
		cr_assert_eq(
		    rig_receive(fd, &answer, sizeof(answer)), sizeof(answer));
		cr_expect_eq(answer.ticket, a.ticket);
		cr_expect_eq(answer.end, RELAY_LATER);
		cr_expect_str_eq(answer.words, "hello");
		close(fd);
	}
	/* Whose client goes away is ended with it. */
	fd = line();
	cr_assert_eq(fdpass_send(fd, &a, sizeof(a), file), 0);
	close(fd);
	close(file);
	close(control);
	cr_expect_eq(rig_wait(relay), 0);
}

Test(relay, what_it_runs_ends_with_it)
{
	static struct relay_ask a = { .count = 1, .to = "b@b.example" };
	int fd, file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t sender;

	start_with_sender("#!/bin/sh\nexec sleep 1000\n");
	fd = line();
	cr_assert_eq(fdpass_send(fd, &a, sizeof(a), file), 0);
	cr_assert(rig_until("the sender", has_child, &sender));
	cr_assert_eq(kill(rig_pid(relay), SIGKILL), 0);
	cr_expect(rig_all_gone(&sender, 1, rig_patience_ms()));
	rig_wait(relay);
	close(fd);
	close(file);
	close(control);
}

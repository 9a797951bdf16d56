/*
 * zygote.c - a server with its zygote, and without it when it is killed
 * or hangs: clients are served all the same.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

#define UPPERD(...) RIG("berth-upperd", "-l", "127.0.0.1:0", __VA_ARGS__)
#define VISITS      60

static bool
hello(struct rig *r)
{
	int fd = rig_open(r, "upper 127");
	bool ok = rig_send(fd, "Hello\n") && rig_expect(fd, "HELLO\n");

	close(fd);
	return ok;
}

static bool
all_are_served(struct rig *r)
{
	for (int i = 0; i < VISITS; i++)
		if (!hello(r))
			return false;
	return true;
}

static bool
has_zygote(void *arg)
{
	return rig_zygote(rig_pid(arg)) != 0;
}

static struct rig *
start(void)
{
	struct rig *r;

	rig_needs_sandbox();
	r = rig_start(UPPERD("--min-idle", "2"));
	if (strstr(rig_err(r), "not to be had") != NULL)
		cr_skip_test("no sandbox, no zygote");
	cr_assert_not_null(strstr(rig_err(r), ", seccomp"));
	cr_assert(rig_until("there is a zygote", has_zygote, r));
	return r;
}

Test(zygote, killed_it_is_replaced)
{
	struct rig *r = start();

	for (size_t i = 1; i <= 2; i++) {
		pid_t old = rig_zygote(rig_pid(r));

		cr_assert_eq(kill(old, SIGKILL), 0);
		cr_assert(all_are_served(r));
		cr_assert(rig_hear_times(r, "the zygote ended", i));
		cr_assert(all_are_served(r));
		cr_assert(rig_until("there is another", has_zygote, r));
		cr_assert_neq(rig_zygote(rig_pid(r)), old);
	}
	cr_assert(all_are_served(r));
	cr_assert_eq(rig_stop(r), 0);
}

Test(zygote, hanging_it_is_done_without)
{
	struct rig *r = start();
	pid_t zygote = rig_zygote(rig_pid(r));

	cr_assert_eq(kill(zygote, SIGSTOP), 0);
	cr_assert(all_are_served(r));
	cr_assert_eq(kill(zygote, SIGCONT), 0);
	cr_assert(all_are_served(r));
	cr_assert_eq(rig_zygote(rig_pid(r)), zygote);
	cr_assert_eq(rig_stop(r), 0);
}

Test(zygote, hanging_it_does_not_keep_the_house_open)
{
	struct rig *r = start();
	pid_t zygote = rig_zygote(rig_pid(r));

	cr_assert(hello(r));
	cr_assert_eq(kill(zygote, SIGSTOP), 0);
	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait(r), 0);
	cr_assert(rig_is_gone(zygote));
}

Test(zygote, it_dies_with_the_master)
{
	struct rig *r = start();
	pid_t all[RIG_MAX_CHILDREN], zygote = rig_zygote(rig_pid(r));
	size_t n = rig_children(rig_pid(r), all, RIG_MAX_CHILDREN - 1);

	all[n++] = zygote;
	rig_kill(r);
	cr_assert(rig_all_gone(all, n, rig_patience_ms()));
}

Test(zygote, it_is_renewed_with_the_image)
{
	struct rig *r = start();
	pid_t old = rig_zygote(rig_pid(r));

	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	cr_assert(rig_all_gone(&old, 1, rig_patience_ms()));
	cr_assert(rig_until("there is another", has_zygote, r));
	cr_assert(all_are_served(r));
	cr_assert_eq(rig_stop(r), 0);
}

static void
visit(struct rig *r)
{
	struct rig_reply reply;

	cr_assert(rig_get(rig_address(r, "http"), "/page", &reply));
	rig_reply_free(&reply);
}

Test(zygote, its_children_write_to_a_new_log)
{
	const char *dir = rig_place();
	const char *log = rig_in(dir, "log");
	char old[300];
	struct rig *r;
	struct buf text;
	size_t at = 0;

	rig_needs_sandbox();
	rig_file(dir, "site/page", "a page");
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--access-log",
	    log, rig_in(dir, "site")));
	visit(r);
	snprintf(old, sizeof(old), "%s.old", log);
	cr_assert(rig_reads(log, "\n"));
	cr_assert_eq(rename(log, old), 0);
	rig_signal(r, SIGUSR1);
	cr_assert(rig_hear(r, "access log reopened"));
	for (int i = 0; i < VISITS; i++)
		visit(r);
	cr_assert_eq(rig_stop(r), 0);
	buf_init(&text, 1 << 20);
	cr_assert_eq(rig_slurp(log, &text), 0);
	for (int i = 0; i < VISITS; i++) {
		char *end = memchr(text.p + at, '\n', text.n - at);

		cr_assert_not_null(end, "%d lines", i);
		at = (size_t)(end + 1 - text.p);
	}
	cr_assert_eq(at, text.n);
	buf_free(&text);
}

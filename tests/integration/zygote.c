/*
 * zygote.c - a server with its zygote, and without it when it is killed
 * or hangs: clients are served all the same.
 */
#include <criterion/criterion.h>
#include <dirent.h>
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

/* The sockets of a process, or -1: it is no more, or they are not told. */
#define SOCKETS  64
#define SHOWN    32 /* "socket:[12345678]" */
#define CHILDREN 32

static int
sockets(pid_t pid, char name[SOCKETS][SHOWN])
{
	char path[300];
	struct dirent *e;
	int n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	if (d == NULL)
		return -1;
	while (n < SOCKETS && (e = readdir(d)) != NULL) {
		ssize_t k;

		snprintf(
		    path, sizeof(path), "/proc/%d/fd/%s", (int)pid, e->d_name);
		k = readlink(path, name[n], SHOWN - 1);
		name[n][k < 0 ? 0 : k] = '\0';
		n += strncmp(name[n], "socket:", 7) == 0;
	}
	closedir(d);
	return n;
}

static bool
share_one(pid_t a, pid_t b)
{
	char of_a[SOCKETS][SHOWN], of_b[SOCKETS][SHOWN];
	int n = sockets(a, of_a), m = sockets(b, of_b);

	for (int i = 0; i < n; i++)
		for (int k = 0; k < m; k++)
			if (strcmp(of_a[i], of_b[k]) == 0)
				return true;
	return n < 0 || m < 0;
}

/* One that is being born has those of its siblings for a moment. */
static bool
share_nothing(void *arg)
{
	pid_t child[CHILDREN];
	size_t n = rig_children(rig_pid(arg), child, CHILDREN);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (share_one(child[i], child[k]))
				return false;
	return n > 2;
}

/* Who had a sibling's control socket could take its client. */
Test(zygote, its_children_have_no_socket_in_common)
{
	const char *dir = rig_place();
	struct rig *r;

	if (geteuid() != 0)
		cr_skip_test("only root may look");
	rig_file(dir, "site/page", "a page");
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--access-log",
	    rig_in(dir, "log"), rig_in(dir, "site")));
	cr_expect(rig_until("each has its own", share_nothing, r));
	visit(r);
	cr_expect(rig_until("each has its own", share_nothing, r));
	cr_assert_eq(rig_stop(r), 0);
}

/* Nor have those of the master, which are born of who holds all of them. */
Test(zygote, nor_have_children_that_are_born_without_it)
{
	struct rig *r;
	pid_t zygote;
	int fd[4];

	if (geteuid() != 0)
		cr_skip_test("only root may look");
	r = start();
	zygote = rig_zygote(rig_pid(r));
	cr_assert_eq(kill(zygote, SIGSTOP), 0);
	cr_assert(all_are_served(r));
	for (size_t i = 0; i < 4; i++) {
		fd[i] = rig_open(r, "upper 127");
		cr_assert(rig_send(fd[i], "Hello\n"));
		cr_assert(rig_expect(fd[i], "HELLO\n"));
	}
	cr_expect(rig_until("each has its own", share_nothing, r));
	for (size_t i = 0; i < 4; i++)
		close(fd[i]);
	cr_assert_eq(kill(zygote, SIGCONT), 0);
	cr_assert_eq(rig_stop(r), 0);
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

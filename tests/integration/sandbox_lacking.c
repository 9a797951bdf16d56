/*
 * sandbox_lacking.c - the sandbox on a kernel that lacks one of its walls: the others
 * stand, and what is missing is said; what cannot be done without stops the
 * start.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/main.h"
#include "rig/refuse.h"
#include "rig/rig.h"

#define UPPERD     RIG("berth-upperd", "-l", "127.0.0.1:0", "--min-idle", "2")
#define UPPERD_(o) RIG("berth-upperd", "-l", "127.0.0.1:0", o)

static bool
hello(struct rig *r)
{
	int fd = rig_open(r, "upper 127");
	bool ok = rig_send(fd, "Hello\n") && rig_expect(fd, "HELLO\n");

	close(fd);
	return ok;
}

/* This kernel may lack the same by itself. */
static bool
has(const char *wall)
{
	const char *words, *end, *found;
	struct rig *r;

	rig_needs_sandbox();
	r = rig_start(UPPERD);
	words = strstr(rig_err(r), "no_new_privs");
	cr_assert_not_null(words);
	end = strstr(words, "; not to be had");
	found = strstr(words, wall);
	cr_assert_eq(rig_stop(r), 0);
	return found != NULL && (end == NULL || found < end);
}

static void
serves_without(const char *calls, const char *words)
{
	struct rig *r = refuse_start(calls, UPPERD);

	cr_expect(rig_hear(r, words), "%s", calls);
	for (int i = 0; i < 6; i++)
		cr_expect(hello(r), "%s", calls);
	cr_expect_eq(rig_stop(r), 0, "%s", calls);
}

Test(sandbox_lacking, landlock_is_done_without)
{
	if (!has("seccomp"))
		cr_skip_test("no seccomp");
	serves_without("landlock_create_ruleset=ENOSYS",
	    "limits, seccomp; not to be had: landlock\n");
	serves_without("landlock_create_ruleset=EOPNOTSUPP",
	    "limits, seccomp; not to be had: landlock\n");
	if (has("landlock"))
		serves_without("landlock_restrict_self=EPERM",
		    "limits, seccomp; not to be had: landlock (refused)\n");
}

Test(sandbox_lacking, seccomp_is_done_without)
{
	serves_without("seccomp=ENOSYS landlock_create_ruleset=ENOSYS",
	    "limits; not to be had: landlock, seccomp\n");
	if (!has("landlock"))
		cr_skip_test("no landlock");
	serves_without("seccomp=ENOSYS", "; not to be had: seccomp\n");
	/* Known to the kernel, and refused. */
	serves_without("seccomp(0:1)=EACCES", "; not to be had: seccomp\n");
}

Test(sandbox_lacking, a_limit_that_may_not_be_set_is_lower_already)
{
	serves_without("prlimit64(1:6)=EPERM", "no_new_privs, limits");
}

Test(sandbox_lacking, without_the_walls_that_every_kernel_has_it_does_not_start)
{
	static const struct {
		const char *calls, *words;
		int status;
		bool root; /* nobody else does it */
	} rows[] = {
		{ "prctl(0:38)=EPERM",
		    "sandbox: a child cannot enter the sandbox", 78, false },
		{ "prlimit64(1:6)=EINVAL",
		    "sandbox: a child cannot enter the sandbox", 78, false },
#ifndef BERTH_ASAN /* which wants these for itself */
		{ "prlimit64(1:4)=EINVAL",
		    "sandbox: the limits on memory cannot be set", 78, false },
		{ "clone=EAGAIN", "sandbox: a child cannot enter the sandbox",
		    78, false },
#endif
		{ "setresuid=EPERM",
		    "sandbox: the system does not let us become that user", 78,
		    true },
		/* Death with the master, and no looking into others. */
		{ "prctl(0:1)=EPERM", "no child can begin: see above", 71,
		    false },
		{ "prctl(0:4)=EPERM", "no child can begin: see above", 71,
		    false },
		{ "close_range=ENOSYS", "no child can begin: see above", 71,
		    false },
		{ "memfd_create=EMFILE",
		    "sandbox: the seccomp filter cannot be made", 78, false },
		{ "epoll_create1=EMFILE",
		    "the master cannot begin: Too many open files", 71, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rig *r;

		if (rows[i].root && geteuid() != 0)
			continue;
		r = refuse_run(rows[i].calls, UPPERD);
		cr_expect_eq(rig_wait(r), rows[i].status, "%s: %s",
		    rows[i].calls, rig_err(r));
		cr_expect_geq(rig_count(r, rows[i].words), 1, "%s: %s",
		    rows[i].calls, rig_err(r));
	}
}

/* Links are then not followed, not even those that stay inside. */
Test(sandbox_lacking, a_site_without_openat2)
{
	static const struct {
		const char *path;
		int status;
	} rows[] = { { "/", 200 }, { "/sub/b.txt", 200 }, { "/sub/", 200 },
		{ "/none", 404 }, { "/far", 403 }, { "/near", 403 } };
	const char *outside = rig_file(rig_place(), "secret", "secret");
	const char *dir = rig_place();
	struct rig *r;

	rig_file(dir, "index.html", "index");
	rig_file(dir, "sub/b.txt", "b");
	cr_assert_eq(symlink(outside, rig_in(dir, "far")), 0);
	cr_assert_eq(symlink("sub/b.txt", rig_in(dir, "near")), 0);
	r = refuse_start(
	    "openat2=ENOSYS", RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rig_reply reply;
		char request[100];

		snprintf(request, sizeof request,
		    "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", rows[i].path);
		cr_expect(rig_ask(rig_address(r, "http"), request, &reply));
		cr_expect_eq(reply.status, rows[i].status, "%s: %d",
		    rows[i].path, reply.status);
	}
	cr_assert_eq(rig_stop(r), 0);
}

/* The site is served all the same. */
Test(sandbox_lacking, a_site_that_cannot_be_watched)
{
	const char *dir = rig_place();
	struct rig_reply reply;
	struct rig *r;

	rig_file(dir, "index.html", "<p>index");
	r = refuse_start("inotify_init1=EMFILE",
	    RIG("berth-httpd", "-l", "127.0.0.1:0", "--live", dir));
	cr_expect(rig_ask(rig_address(r, "http"),
	    "GET /.berth/live HTTP/1.1\r\nHost: localhost\r\n\r\n", &reply));
	cr_expect_eq(reply.status, 503);
	cr_expect(rig_hear(r, "--live: inotify: Too many open files"));
	cr_expect(rig_ask(rig_address(r, "http"),
	    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", &reply));
	cr_expect_eq(reply.status, 200);
	cr_assert_eq(rig_stop(r), 0);
}

/* A machine without IPv6: what is not asked for by name is not missed. */
Test(sandbox_lacking, without_ipv6)
{
	struct rig *r = refuse_start("socket(0:10)=EAFNOSUPPORT",
	    RIG("berth-upperd", "-l", "0", "-l", "*:0"));

	cr_expect(hello(r));
	cr_expect(strstr(rig_out(r), "ready upper 127.0.0.1:") != NULL);
	cr_expect(strstr(rig_out(r), "ready upper 0.0.0.0:") != NULL);
	cr_expect(strchr(rig_out(r), '[') == NULL);
	cr_assert_eq(rig_stop(r), 0);
	r = refuse_run(
	    "socket(0:10)=EAFNOSUPPORT", RIG("berth-upperd", "-l", "[::1]:0"));
	cr_expect_eq(rig_wait(r), 69);
	cr_expect_eq(
	    rig_count(r, "--listen [::1]:0: Address family not supported"), 1,
	    "%s", rig_err(r));
}

/* Not an error of the program, and it may pass. */
Test(sandbox_lacking, who_cannot_have_children_says_so_and_waits)
{
	struct rig *r = refuse_start("socketpair=EMFILE", UPPERD);
	int fd = rig_open(r, "upper 127");

	cr_assert(rig_hear(r, "no zygote: Too many open files"));
	cr_assert(rig_hear(r, "fork: Too many open files; trying again"));
	cr_assert(rig_expect_end(fd));
	cr_assert_eq(rig_stop(r), 0);
}

Test(sandbox_lacking, a_mail_directory_that_cannot_be_given_away)
{
	const char *mail = rig_in(rig_place(), "mail");
	char words[512];
	struct rig *r;

	if (geteuid() != 0)
		cr_skip_test("only root gives directories away");
	snprintf(
	    words, sizeof words, "%s: user nobody cannot write there", mail);
	r = refuse_run(
	    "fchown=EPERM", RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
	cr_expect_eq(rig_wait(r), 78);
	cr_expect_eq(rig_count(r, words), 1, "%s", rig_err(r));
	cr_expect_eq(access(mail, F_OK), -1, "it is left behind");
}

Test(sandbox_lacking, users_that_children_cannot_be)
{
	static const struct {
		const char *user, *words;
	} rows[] = {
		{ "--user=no-such-user", "--user no-such-user: no such user" },
		{ "--user=root", "--user root: children must not be root" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rig *r = rig_run(UPPERD_(rows[i].user));

		cr_expect_eq(rig_wait(r), 78, "%s", rows[i].user);
		cr_expect_eq(rig_count(r, rows[i].words), 1, "%s", rig_err(r));
	}
}

Test(sandbox_lacking, only_root_can_become_another_user)
{
	struct rig *r;

	/* What geteuid() says then is no user at all. */
	r = refuse_run("geteuid=EPERM", UPPERD_("--user=daemon"));
	cr_expect_eq(rig_wait(r), 78);
	cr_expect_eq(
	    rig_count(r, "--user daemon: only root can become another user"), 1,
	    "%s", rig_err(r));
}

RIG_MAIN int
main(int argc, char **argv)
{
	return refuse_or_test(argc, argv);
}

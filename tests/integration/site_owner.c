/*
 * site_owner.c - started as root on files of a user's, who puts links in the
 * way: root's rights open nothing for her, at the start, when her folder is
 * replaced, or at a reload.
 */
#include <criterion/criterion.h>

#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/restored.h"
#include "rig/rig.h"
#include "tls_start.h"

#define ALICE "games" /* every Debian has this user */

static const char *home; /* hers, with a site in it */
static const char *deep; /* open to everybody, in what is root's alone */
static uid_t alice;

static const char *
folder(const char *place, const char *name, mode_t mode, uid_t owner)
{
	const char *path = rig_in(place, name);

	cr_assert_eq(mkdir(path, mode), 0);
	cr_assert_eq(chmod(path, mode), 0);
	cr_assert_eq(chown(path, owner, (gid_t)-1), 0);
	return path;
}

static void
make_place(void)
{
	const struct passwd *pw = getpwnam(ALICE);
	const char *closed;

	if (geteuid() != 0)
		cr_skip_test("only root serves other users");
	cr_assert_not_null(pw);
	alice = pw->pw_uid;
	closed = folder(rig_place(), "closed", 0700, 0);
	deep = folder(closed, "deep", 0755, 0);
	rig_file(deep, "f", "secret");
	home = folder(rig_place(), "alice", 0755, alice);
	rig_file(folder(home, "site", 0755, alice), "f", "hers");
	rig_file(folder(home, "next", 0755, alice), "f", "next");
}

TestSuite(site_owner, .init = make_place);

/* A link of hers, in place of what had the name. */
static void
lead(const char *name, const char *to)
{
	const char *aside = rig_in(home, "aside");

	cr_assert_eq(symlink(to, aside), 0);
	cr_assert_eq(lchown(aside, alice, (gid_t)-1), 0);
	rename(rig_in(home, name), rig_in(home, "away"));
	cr_assert_eq(rename(aside, rig_in(home, name)), 0);
}

static bool
has(struct rig *r, const char *content)
{
	struct rig_reply reply;
	bool is;

	cr_assert(rig_get(rig_address(r, "http"), "/f", &reply));
	is = reply.status == 200 && slice_is(reply.body, content);
	rig_reply_free(&reply);
	return is;
}

static bool
is_next(void *r)
{
	return has(r, "next");
}

static void
expect_closed(struct rig *r)
{
	for (int i = 0; i < 20; i++)
		cr_assert_not(has(r, "secret"), "root has opened it for her");
}

static void
see(const char *level)
{
	struct rig *r = rig_start(RIG("berth-httpd", "-u", ALICE, "-l",
	    "127.0.0.1:0", "--isolation", level, rig_in(home, "site")));

	cr_assert(has(r, "hers"));
	/* What she may look at herself her link may lead to. */
	lead("site", "next");
	cr_assert(rig_until("what comes next", is_next, r));
	lead("site", deep);
	expect_closed(r);
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reload"));
	expect_closed(r);
	rig_kill_all(r);
}

Test(site_owner, her_link_leads_to_nothing_that_is_closed_to_her)
{
	see("fork");
}

Test(site_owner, nor_where_the_master_forks)
{
	ONLY_WHERE_RESTORED;
	see("restore");
}

Test(site_owner, nor_at_the_start)
{
	struct rig *r;

	lead("site", deep);
	r = rig_run(RIG("berth-httpd", "-u", ALICE, "-l", "127.0.0.1:0",
	    rig_in(home, "site")));
	cr_assert_eq(rig_wait(r), 78, "%s", rig_err(r));
	/* By its own name it is what root wants served. */
	r = rig_start(
	    RIG("berth-httpd", "-u", ALICE, "-l", "127.0.0.1:0", deep));
	cr_assert(has(r, "secret"));
	cr_assert_eq(rig_stop(r), 0);
}

static void
expect_refused(const char *const argv[])
{
	struct rig *r = rig_run(argv);

	cr_expect_eq(rig_wait(r), 78, "%s", rig_err(r));
	cr_expect(rig_count(r, "a symbolic link that is not root's") == 1, "%s",
	    rig_err(r));
}

/* Passwords that she could try then, a key to sign with, options. */
Test(site_owner, no_file_of_secrets_is_read_for_her)
{
	const char *site = rig_in(home, "site");

	rig_file(deep, "passwords", "user:{PLAIN}pass\n");
	lead("mine", rig_in(deep, "passwords"));
	expect_refused(RIG("berth-httpd", "-u", ALICE, "-l", "127.0.0.1:0",
	    "--auth", rig_in(home, "mine"), site));
	expect_refused(RIG("berth-smtpd", "-u", ALICE, "-l", "127.0.0.1:0",
	    "--auth", rig_in(home, "mine"), rig_in(home, "mail")));
	expect_refused(RIG("berth-inboxd", "-u", ALICE, "-l", "127.0.0.1:0",
	    "--relay", "localhost:9", "--relay-to", "*", "--relay-auth",
	    rig_in(home, "mine"), rig_in(home, "mail")));
	lead("key", rig_in(tls_place(), "key.pem"));
	expect_refused(
	    RIG("berth-httpd", "-u", ALICE, "-l", "127.0.0.1:0", "--tls-listen",
		"127.0.0.1:0", "--tls-cert", rig_in(rig_sh_place(), "cert.pem"),
		"--tls-key", rig_in(home, "key"), site));
	lead("way", deep);
	expect_refused(RIG("berth-httpd", "-u", ALICE, "-l", "127.0.0.1:0",
	    "--auth", rig_in(home, "way/passwords"), site));
}

Test(site_owner, no_options_are_read_through_her_link)
{
	const char *options = rig_file(deep, "options", "no-listing\n");
	struct rig *r;

	lead("berth.conf", options);
	r = rig_run_how(
	    &(struct rig_how){ .argv = RIG("berth-httpd", "-u", ALICE, "-l",
				   "127.0.0.1:0", rig_in(home, "site")),
		.dir = home });
	cr_expect_eq(rig_wait(r), 78, "%s", rig_err(r));
	cr_expect_eq(rig_count(r, "a symbolic link that is not root's"), 1,
	    "%s", rig_err(r));
}

/*
 * mail_owner_inbox.c - started as root for a user who swaps parts of her files
 * for links: the inbox, its indexer, the suite and the folder of uploads make,
 * change and remove nothing where they lead.
 */
#include <criterion/criterion.h>

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

#define ALICE "games"              /* every Debian has this user */
#define LEFT  ".berth-upload-left" /* that long ago: a sweep removes it */

static const char *home;  /* hers, with a site and a Maildir in it */
static const char *roots; /* root's: as a Maildir and an index would be */
static uid_t alice;

static const char *
folder(const char *place, const char *name, uid_t owner)
{
	const char *path = rig_in(place, name);

	cr_assert_eq(mkdir(path, 0755), 0);
	cr_assert_eq(chown(path, owner, (gid_t)-1), 0);
	return path;
}

static void
long_ago(const char *path)
{
	const struct timespec then[2] = { { 1, 0 }, { 1, 0 } };

	cr_assert_eq(utimensat(AT_FDCWD, path, then, 0), 0);
}

static void
make_place(void)
{
	const struct passwd *pw = getpwnam(ALICE);
	const char *site, *mail;

	if (geteuid() != 0)
		cr_skip_test("only root serves other users");
	cr_assert_not_null(pw);
	alice = pw->pw_uid;
	roots = folder(rig_place(), "system", 0);
	folder(roots, "tmp", 0);
	folder(roots, "new", 0);
	folder(roots, "cur", 0);
	long_ago(rig_file(roots, LEFT, "precious"));
	long_ago(rig_file(roots, "tmp/old", "precious"));
	rig_file(roots, "new/1.a", "Subject: precious\n\n");
	home = folder(rig_place(), "alice", alice);
	site = folder(home, "site", alice);
	rig_file(site, "f", "hers");
	folder(site, "up", alice);
	mail = folder(home, "mail", alice);
	folder(mail, "tmp", alice);
	folder(mail, "new", alice);
	folder(mail, "cur", alice);
	folder(mail, ".berth", alice);
}

TestSuite(mail_owner_inbox, .init = make_place);

static size_t
names_in(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	cr_assert_not_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
expect_untouched(const char *what)
{
	static const char *const paths[] = { "", "tmp", "new", "cur", LEFT,
		"tmp/old", "new/1.a" };
	static const size_t names[] = { 4, 1, 1, 0 };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct stat st;

		cr_assert_eq(lstat(rig_in(roots, paths[i]), &st), 0,
		    "%s: %s is gone", what, paths[i]);
		cr_expect_eq(
		    st.st_uid, 0, "%s: %s is given away", what, paths[i]);
		cr_expect(!S_ISREG(st.st_mode) || st.st_size > 0);
		if (i < 4)
			cr_expect_eq(names_in(rig_in(roots, paths[i])),
			    names[i], "%s: something was made in %s", what,
			    paths[i]);
	}
}

static void
swap(const char *name, const char *to)
{
	const char *at = rig_in(home, name);

	cr_assert_eq(rename(at, rig_in(home, "away")), 0);
	cr_assert_eq(symlink(to, at), 0);
	cr_assert_eq(lchown(at, alice, (gid_t)-1), 0);
}

static void
swap_back(const char *name)
{
	const char *at = rig_in(home, name);

	cr_assert_eq(unlink(at), 0);
	cr_assert_eq(rename(rig_in(home, "away"), at), 0);
}

/* A reload has come to something; TERM ends what runs, if anything does. */
static bool
is_over(void *arg)
{
	struct rig *r = arg;

	return rig_count(r, "no reload") > 0 || rig_count(r, "sandbox:") > 1 ||
	    rig_ended(r);
}

/* The link comes before the start, or before a reload. */
static void
see(const char *const argv[], const char *name, const char *to)
{
	struct rig *r = rig_start(argv);

	swap(name, to);
	rig_signal(r, SIGHUP);
	cr_assert(rig_until("a reload or none", is_over, r));
	expect_untouched(name);
	rig_stop(r);
	expect_untouched(name);
	r = rig_spawn(&(struct rig_how){ .argv = argv });
	if (rig_wait_ms(r, 500) == -1)
		cr_expect_eq(rig_stop(r), 0);
	expect_untouched(name);
	swap_back(name);
}

static const char *const parts[] = { "mail", "mail/tmp", "mail/new", "mail/cur",
	"mail/.berth" };

Test(mail_owner_inbox, of_the_inbox_and_its_indexer)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		see(RIG("berth-inboxd", "-u", ALICE, "-l", "127.0.0.1:0",
			rig_in(home, "mail")),
		    parts[i], roots);
}

Test(mail_owner_inbox, of_the_suite)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		see(RIG("berth", "-u", ALICE, "--http", "127.0.0.1:0", "--smtp",
			"127.0.0.1:0", "--inbox", "127.0.0.1:0", "--mail",
			rig_in(home, "mail"), rig_in(home, "site")),
		    parts[i], roots);
}

/* The sweep of uploads removes what was left, and follows no link of hers. */
Test(mail_owner_inbox, of_uploads)
{
	const char *own = rig_in(home, "site");

	see(RIG("berth-httpd", "-u", ALICE, "-l", "127.0.0.1:0", "--upload",
		"up", own),
	    "site/up", roots);
	see(RIG("berth-httpd", "-u", ALICE, "-l", "127.0.0.1:0", "--upload",
		"up", own),
	    "site", rig_in(roots, ".."));
	see(RIG("berth-httpd", "-u", ALICE, "-l", "127.0.0.1:0", "--upload",
		".", own),
	    "site", roots);
}

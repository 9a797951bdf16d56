/*
 * mail_owner.c - started as root for a user's Maildir, and that user is up to
 * no good: what root has stays root's, at the start and at every reload.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"
#include "rig/smtp.h"

#define ALICE "games" /* every Debian has this user */

static const char *home;    /* hers, with an empty Maildir in it */
static const char *mail;    /* that */
static const char *system_; /* root's, with a file that is old enough to go */
static uid_t alice;

static void
to_alice(const char *path)
{
	cr_assert_eq(chown(path, alice, (gid_t)-1), 0);
}

static const char *
directory_in(const char *place, const char *name)
{
	const char *path = rig_in(place, name);

	cr_assert_eq(mkdir(path, 0755), 0);
	return path;
}

static void
make_place(void)
{
	const struct timespec long_ago[2] = { { 1, 0 }, { 1, 0 } };
	const struct passwd *pw = getpwnam(ALICE);
	const char *inside;

	if (geteuid() != 0)
		cr_skip_test("only root serves other users");
	cr_assert_not_null(pw);
	alice = pw->pw_uid;
	system_ = directory_in(rig_place(), "system");
	inside = directory_in(system_, "inside");
	cr_assert_not_null(inside);
	cr_assert_eq(utimensat(AT_FDCWD, rig_file(system_, "old", "precious"),
			 long_ago, 0),
	    0);
	home = directory_in(rig_place(), "alice");
	to_alice(home);
	mail = directory_in(home, "Maildir");
	to_alice(mail);
}

static uid_t
owner(const char *path)
{
	struct stat st;

	cr_assert_eq(lstat(path, &st), 0, "%s", path);
	return st.st_uid;
}

static void
assert_untouched(void)
{
	struct stat st;

	cr_assert_eq(owner(system_), 0, "she owns the system");
	cr_assert_eq(owner(rig_in(system_, "inside")), 0);
	cr_assert_eq(owner(rig_in(system_, "old")), 0);
	cr_assert_eq(stat(system_, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0755);
	cr_assert_eq(access(rig_in(system_, "tmp"), F_OK), -1);
	cr_assert_eq(access(rig_in(system_, "cur"), F_OK), -1);
}

static void
deliver(const char *address, const char *verdict)
{
	int fd = rig_connect(address);

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "HELO x", "250"));
	cr_assert(rig_smtp(fd, "MAIL FROM:<>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<a@b.example>", "250"));
	cr_assert(rig_smtp(fd, "DATA", "354"));
	cr_assert(rig_smtp(fd, "Subject: one\r\n\r\ntext\r\n.", verdict));
	close(fd);
}

#define SMTPD(dir) RIG("berth-smtpd", "-u", ALICE, "-l", "127.0.0.1:0", (dir))

static void
link_instead(const char *part)
{
	cr_assert_eq(rename(rig_in(mail, part), rig_in(mail, "away")), 0);
	cr_assert_eq(symlink(system_, rig_in(mail, part)), 0);
}

static void
assert_refused(const char *dir, const char *words)
{
	struct rig *r = rig_run(SMTPD(dir));

	cr_assert_eq(rig_wait(r), 78, "%s", rig_err(r));
	cr_assert_eq(rig_count(r, words), 1, "%s", rig_err(r));
	assert_untouched();
}

Test(mail_owner, a_link_in_the_maildir_is_not_followed_at_a_reload)
{
	static const char *const parts[] = { "tmp", "new", "cur" };

	make_place();
	for (size_t i = 0; i < 3; i++) {
		struct rig *r = rig_start(SMTPD(mail));

		deliver(rig_address(r, "smtp"), "250");
		cr_assert_eq(owner(rig_in(mail, parts[i])), alice);
		link_instead(parts[i]);
		rig_signal(r, SIGHUP);
		cr_assert(rig_hear(r, "no reload"));
		assert_untouched();
		/* The image of before goes on, in what it has opened. */
		deliver(rig_address(r, "smtp"), "250");
		cr_assert_eq(rig_stop(r), 0);
		assert_refused(mail, "a symbolic link, which is not followed");
		cr_assert_eq(unlink(rig_in(mail, parts[i])), 0);
		cr_assert_eq(
		    rename(rig_in(mail, "away"), rig_in(mail, parts[i])), 0);
	}
}

/* A crash renews the image, so it opens the Maildir anew. */
Test(mail_owner, nor_after_a_crash)
{
	char address[128];
	struct rig *r;
	pid_t child;
	int fd;

	make_place();
	snprintf(address, sizeof(address), "unix:%s", rig_in(rig_place(), "s"));
	r = rig_start(RIG("berth-smtpd", "-u", ALICE, "-l", address, mail));
	fd = rig_connect_traced(address);
	child = rig_speaker(fd);
	cr_assert_gt(child, 0);
	link_instead("tmp");
	cr_assert_eq(kill(child, SIGSEGV), 0);
	cr_assert(rig_hear(r, "symbolic link"));
	assert_untouched();
	rig_stop(r);
	assert_untouched();
}

Test(mail_owner, nor_one_in_place_of_the_maildir)
{
	make_place();
	cr_assert_eq(rmdir(mail), 0);
	cr_assert_eq(symlink(system_, mail), 0);
	assert_refused(mail, "user " ALICE " cannot write there");
	/* Where she cannot look for it herself, it is looked for with care. */
	cr_assert_eq(chmod(home, 0), 0);
	assert_refused(mail, "a symbolic link, which is not followed");
}

Test(mail_owner, what_exists_is_never_given_away)
{
	make_place();
	assert_refused(system_, "user " ALICE " cannot write there");
}

Test(mail_owner, nothing_is_made_where_others_could_put_a_link)
{
	const char *third, *new;

	make_place();
	third = directory_in(rig_place(), "third");
	new = rig_in(third, "mail");
	cr_assert_eq(chown(third, 12345, (gid_t)-1), 0);
	assert_refused(new, "user " ALICE " cannot write there");
	cr_assert_eq(access(new, F_OK), -1);
	cr_assert_eq(chown(third, 0, 12345), 0);
	cr_assert_eq(chmod(third, 0775), 0);
	assert_refused(new, "user " ALICE " cannot write there");
	cr_assert_eq(access(new, F_OK), -1);
}

/* Only where nobody else could have a hand in it is a directory given. */
Test(mail_owner, a_missing_maildir_is_made_for_the_user)
{
	const char *deep, *new;
	struct rig *r;

	make_place();
	/* Below a directory that she cannot enter, as root's home is. */
	deep = directory_in(rig_place(), "closed");
	cr_assert_eq(chmod(deep, 0700), 0);
	new = rig_in(deep, "mail");
	for (int i = 0; i < 2; i++) {
		r = rig_start(SMTPD(new));
		deliver(rig_address(r, "smtp"), "250");
		rig_signal(r, SIGHUP);
		cr_assert(rig_hear(r, "reloading"));
		deliver(rig_address(r, "smtp"), "250");
		cr_assert_eq(rig_stop(r), 0);
	}
	cr_assert_eq(owner(new), alice);
	cr_assert_eq(owner(deep), 0);
	/* In her own one it is she who makes it. */
	new = rig_in(home, "other");
	r = rig_start(SMTPD(new));
	deliver(rig_address(r, "smtp"), "250");
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_eq(owner(new), alice);
}

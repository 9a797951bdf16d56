/*
 * listen_owner.c - sockets that are files: in a user's directory root works
 * with that user's rights, follows nobody's links, and removes its own alone.
 */
#include <criterion/criterion.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

#define ALICE "games" /* every Debian has this user */

static char place[160];   /* of this test */
static char home[200];    /* hers */
static char system_[200]; /* root's */
static uid_t alice;

static void
make_place(void)
{
	const struct passwd *pw = getpwnam(ALICE);

	if (geteuid() != 0)
		cr_skip_test("only root serves other users");
	cr_assert_not_null(pw);
	alice = pw->pw_uid;
	snprintf(place, sizeof(place), "%s", rig_place());
	snprintf(home, sizeof(home), "%s", rig_in(place, "alice"));
	snprintf(system_, sizeof(system_), "%s", rig_in(place, "system"));
	cr_assert_eq(chmod(place, 0755), 0);
	cr_assert_eq(mkdir(home, 0755), 0);
	cr_assert_eq(mkdir(system_, 0755), 0);
	cr_assert_eq(chown(home, alice, (gid_t)-1), 0);
}

static struct rig *
start_at(const char *dir)
{
	char address[300];

	snprintf(address, sizeof(address), "unix:%s/s", dir);
	return rig_start(RIG("berth-greetd", "-l", address));
}

static bool
greets(struct rig *r)
{
	int fd = rig_open(r, "greet");
	bool fine =
	    rig_expect(fd, "Thank you for connecting") && rig_expect_end(fd);

	close(fd);
	return fine;
}

static bool
is_there(const char *dir, struct stat *st)
{
	return lstat(rig_in(dir, "s"), st) == 0;
}

/* She puts a link in place of her directory. */
static void
link_instead(void)
{
	cr_assert_eq(rename(home, rig_in(place, "away")), 0);
	cr_assert_eq(symlink(system_, home), 0);
	cr_assert_eq(lchown(home, alice, (gid_t)-1), 0);
}

Test(listen_owner, in_her_directory_it_is_hers, .init = make_place)
{
	struct rig *r = start_at(home);
	struct stat st;

	cr_assert(is_there(home, &st) && S_ISSOCK(st.st_mode));
	cr_assert_eq(st.st_uid, alice, "made with root's rights");
	cr_assert(greets(r));
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	cr_assert(greets(r));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_not(is_there(home, &st), "it is left behind");
}

Test(listen_owner, in_roots_directory_it_is_roots, .init = make_place)
{
	struct rig *r = start_at(system_);
	struct stat st;

	cr_assert(is_there(system_, &st) && st.st_uid == 0);
	cr_assert(greets(r));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_not(is_there(system_, &st), "it is left behind");
}

Test(listen_owner, her_link_is_not_followed_at_the_end, .init = make_place)
{
	struct rig *hers = start_at(home), *roots = start_at(system_);
	struct stat st;

	link_instead();
	cr_assert_eq(rig_stop(hers), 0);
	cr_assert(is_there(system_, &st), "root has removed root's");
	cr_assert(rig_hear(hers, "stays"));
	cr_assert(greets(roots));
	cr_assert_eq(rig_stop(roots), 0);
}

Test(listen_owner, nor_at_the_start, .init = make_place)
{
	char address[300];
	struct rig *r;
	struct stat st;

	snprintf(address, sizeof(address), "unix:%s/s", home);
	link_instead();
	r = rig_run(RIG("berth-greetd", "-l", address));
	cr_assert_eq(rig_wait(r), 69);
	cr_assert(rig_hear(r, "a symbolic link of another user's"));
	cr_assert_not(is_there(system_, &st));
}

Test(listen_owner, what_took_its_place_is_anothers)
{
	struct rig *first, *second;
	struct stat st;

	snprintf(place, sizeof(place), "%s", rig_place());
	first = start_at(place);
	cr_assert_eq(unlink(rig_in(place, "s")), 0);
	second = start_at(place);
	cr_assert_eq(rig_stop(first), 0);
	cr_assert(is_there(place, &st), "the second one's is gone");
	cr_assert(greets(second));
	cr_assert_eq(rig_stop(second), 0);
}

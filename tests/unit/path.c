/*
 * path.c - nothing outside a root is ever opened.
 */
#include "system/path.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

static int root;

static void
set_up(void)
{
	const char *outside = rig_place(), *dir = rig_place();

	rig_file(outside, "secret", "secret");
	rig_file(dir, "a", "a");
	rig_file(dir, "sub/b", "b");
	cr_assert_eq(mkfifo(rig_in(dir, "fifo"), 0644), 0);
	cr_assert_eq(symlink(rig_in(outside, "secret"), rig_in(dir, "far")), 0);
	cr_assert_eq(symlink(outside, rig_in(dir, "away")), 0);
	cr_assert_eq(symlink("sub/b", rig_in(dir, "near")), 0);
	cr_assert_eq(symlink("../a", rig_in(dir, "sub/up")), 0);
	cr_assert_eq(symlink("loop", rig_in(dir, "loop")), 0);
	cr_assert_eq(symlink("/proc/self/fd/0", rig_in(dir, "magic")), 0);
	root = path_root(dir);
	cr_assert(root >= 0);
}

TestSuite(path, .init = set_up);

/* Open and close: 0, or the errno. */
static int
try(const char *path, enum path_links links)
{
	struct stat st;
	int fd = path_open(root, path, links, &st);

	if (fd < 0)
		return errno;
	cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	return 0;
}

static char too_long[NAME_MAX + 2];

static const struct {
	const char *path;
	int error, by_steps; /* with openat2, and without */
} rows[] = {
	{ "a", 0, 0 },
	{ "sub/b", 0, 0 },
	{ "sub", 0, 0 },
	{ "sub/", 0, 0 },
	{ ".", 0, 0 },
	{ "./sub/./b", 0, 0 },
	{ "near", 0, ELOOP },
	{ "sub/up", 0, ELOOP },
	{ "fifo", 0, 0 }, /* at once, and fstat tells what it is */
	{ "far", EXDEV, ELOOP },
	{ "away/secret", EXDEV, ENOTDIR },
	{ "..", EXDEV, EXDEV },
	{ "sub/../a", 0, EXDEV },
	{ "sub/../../x", EXDEV, EXDEV },
	{ "/etc/passwd", EXDEV, EXDEV },
	{ "loop", ELOOP, ELOOP },
	{ "magic", EXDEV, ELOOP },
	{ "none", ENOENT, ENOENT },
	{ "none/b", ENOENT, ENOENT },
	{ "a/b", ENOTDIR, ENOTDIR },
	{ "a/", ENOTDIR, ENOTDIR },
	{ "", ENOENT, ENOENT },
	{ too_long, ENAMETOOLONG, ENAMETOOLONG },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

Test(path, beneath)
{
	memset(too_long, 'x', NAME_MAX + 1);
	for (size_t i = 0; i < ROWS; i++)
		cr_expect_eq(try(rows[i].path, PATH_BENEATH), rows[i].error,
		    "%s: %d", rows[i].path, errno);
}

/* From here on this process has none. */
static void
lose_openat2(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	cr_assert_eq(
	    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0),
	    0);
	cr_assert_eq(seccomp_load(ctx), 0);
	seccomp_release(ctx);
}

/* Then no link is followed at all, and nothing is left open on the way. */
Test(path, without_openat2)
{
	int before = dup(root);

	close(before);
	memset(too_long, 'x', NAME_MAX + 1);
	lose_openat2();
	for (size_t i = 0; i < ROWS; i++) {
		cr_expect_eq(try(rows[i].path, PATH_BENEATH), rows[i].by_steps,
		    "%s: %d", rows[i].path, errno);
		cr_expect_eq(try(rows[i].path, PATH_ANYWHERE), rows[i].by_steps,
		    "%s: %d", rows[i].path, errno);
	}
	cr_expect_eq(dup(root), before, "descriptors are left open");
}

Test(path, anywhere)
{
	cr_expect_eq(try("far", PATH_ANYWHERE), 0);
	cr_expect_eq(try("away/secret", PATH_ANYWHERE), 0);
	cr_expect_eq(try("near", PATH_ANYWHERE), 0);
	cr_expect_eq(try("magic", PATH_ANYWHERE), ELOOP, "never");
	cr_expect_eq(try("/etc/passwd", PATH_ANYWHERE), EXDEV);
}

Test(path, tells_what_was_opened)
{
	struct stat st;
	int fd = path_open(root, "fifo", PATH_BENEATH, &st);

	cr_expect(fd >= 0 && S_ISFIFO(st.st_mode));
	fd = path_open(root, "sub/b", PATH_BENEATH, &st);
	cr_expect(fd >= 0 && S_ISREG(st.st_mode) && st.st_size == 1);
	cr_expect(path_root("/nonexistent") < 0 && errno == ENOENT);
	cr_expect(path_root("/etc/passwd") < 0 && errno == ENOTDIR);
}

/* By whom: root, or somebody else. */
static const char *
link_of(uid_t who, const char *to, const char *dir, const char *name)
{
	const char *path = rig_in(dir, name);

	cr_assert_eq(symlink(to, path), 0);
	cr_assert_eq(lchown(path, who, (gid_t)-1), 0);
	return path;
}

static int
add_to(const char *path)
{
	int fd = path_open_trusted(
	    path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int error = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return error;
}

Test(path, root_follows_its_own_links_only)
{
	const uid_t other = 54321;
	const char *dir, *own;
	char far[PATH_MAX];

	if (geteuid() != 0)
		cr_skip_test("not root");
	dir = rig_place();
	own = rig_place();
	rig_file(own, "sub/log", "");
	snprintf(far, sizeof(far), "%s/sub", own);
	cr_expect_eq(add_to(rig_in(dir, "plain")), 0);
	cr_expect_eq(add_to(link_of(0, "plain", dir, "near")), 0);
	cr_expect_eq(add_to(link_of(0, far, dir, "away")), EISDIR);
	cr_expect_eq(add_to(rig_in(dir, "away/log")), 0);
	cr_expect_eq(add_to(rig_in(dir, "away/../sub/made")), 0);
	cr_expect_eq(access(rig_in(own, "sub/made"), F_OK), 0);
	/* Somebody else's, at the end, on the way, behind one of ours. */
	cr_expect_eq(add_to(link_of(other, "plain", dir, "theirs")), ELOOP);
	link_of(other, far, dir, "their-way");
	cr_expect_eq(add_to(rig_in(dir, "their-way/log")), ELOOP);
	cr_expect_eq(add_to(rig_in(dir, "their-way/new")), ELOOP);
	cr_expect_eq(access(rig_in(own, "sub/new"), F_OK), -1);
	cr_expect_eq(add_to(link_of(0, "theirs", dir, "to-theirs")), ELOOP);
	cr_expect_eq(add_to(link_of(0, "round", dir, "round")), ELOOP);
	cr_expect_eq(add_to(rig_in(dir, "not/there")), ENOENT);
	cr_expect_eq(add_to("/dev/null"), 0);
	/* Where everybody makes directories, too, if it is there. */
	snprintf(far, sizeof(far), "/dev/shm/berth-%d", (int)getpid());
	if (symlink(own, far) == 0) {
		cr_expect_eq(lchown(far, other, other), 0);
		snprintf(
		    far, sizeof(far), "/dev/shm/berth-%d/new", (int)getpid());
		cr_expect_eq(add_to(far), ELOOP);
		*strrchr(far, '/') = '\0';
		cr_expect_eq(unlink(far), 0);
	}
	/* By where we are. */
	cr_assert_eq(chdir(dir), 0);
	cr_expect_eq(add_to("near"), 0);
	cr_expect_eq(add_to("./theirs"), ELOOP);
	cr_expect_eq(add_to("../../../../../../../../dev/null"), 0);
}

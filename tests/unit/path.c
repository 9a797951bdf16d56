/*
 * path.c - nothing outside a root is ever opened.
 */
#include "system/path.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
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

Test(path, beneath)
{
	static const struct {
		const char *path;
		int error;
	} rows[] = {
		{ "a", 0 },
		{ "sub/b", 0 },
		{ "sub", 0 },
		{ "sub/", 0 },
		{ ".", 0 },
		{ "near", 0 },
		{ "sub/up", 0 },
		{ "fifo", 0 }, /* at once, and fstat tells what it is */
		{ "far", EXDEV },
		{ "away/secret", EXDEV },
		{ "..", EXDEV },
		{ "sub/../../x", EXDEV },
		{ "/etc/passwd", EXDEV },
		{ "loop", ELOOP },
		{ "none", ENOENT },
		{ "a/b", ENOTDIR },
		{ "a/", ENOTDIR },
		{ "", ENOENT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(try(rows[i].path, PATH_BENEATH), rows[i].error,
		    "%s: %d", rows[i].path, errno);
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

/*
 * logfile.c - the access log: added to, renamed away, lost.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/io.h"
#include "system/log.h"
#include "system/logfile.h"
#include "unit/aside.h"

static char dir[] = "/tmp/berth-logfile-XXXXXX";

static void
enter(void)
{
	cr_assert(mkdtemp(dir) != NULL);
	cr_assert_eq(chdir(dir), 0);
}

static void
leave(void)
{
	unlink("log");
	unlink("old");
	cr_assert_eq(chdir("/"), 0);
	rmdir(dir);
}

TestSuite(logfile, .init = enter, .fini = leave);

static void
holds(const char *path, const char *want)
{
	char text[200];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = io_read_all(fd, text, sizeof(text) - 1);

	cr_assert(fd >= 0 && n >= 0, "%s", path);
	text[n] = '\0';
	close(fd);
	cr_assert_str_eq(text, want);
}

Test(logfile, lines_are_added_behind_what_is_there)
{
	struct stat st;

	umask(0);
	cr_assert_eq(logfile_open("log"), 0);
	cr_assert(logfile_is_on());
	cr_assert_eq(stat("log", &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0640);
	logfile_add((struct slice)SLICE("one\n"));
	cr_assert_eq(logfile_open("log"), 0);
	logfile_add((struct slice)SLICE("two\n"));
	holds("log", "one\ntwo\n");
}

Test(logfile, after_a_rename_the_new_file_is_on_the_same_number)
{
	int next, after;

	cr_assert_eq(logfile_open("log"), 0);
	logfile_add((struct slice)SLICE("before\n"));
	cr_assert_eq(rename("log", "old"), 0);
	logfile_add((struct slice)SLICE("between\n"));
	next = open("/", O_RDONLY | O_CLOEXEC);
	close(next);
	cr_assert_eq(logfile_reopen(), 0);
	after = open("/", O_RDONLY | O_CLOEXEC);
	cr_assert_eq(next, after, "no descriptor more than before");
	logfile_add((struct slice)SLICE("after\n"));
	holds("old", "before\nbetween\n");
	holds("log", "after\n");
}

Test(logfile, when_reopening_fails_the_old_one_stays)
{
	cr_assert_eq(logfile_open("log"), 0);
	cr_assert_eq(rename("log", "old"), 0);
	cr_assert_eq(mkdir("log", 0700), 0);
	errno = 0;
	cr_assert_eq(logfile_reopen(), -1);
	cr_assert_eq(errno, EISDIR);
	logfile_add((struct slice)SLICE("still here\n"));
	holds("old", "still here\n");
	rmdir("log");
}

Test(logfile, off_and_what_cannot_be_opened)
{
	cr_assert_eq(logfile_open("off"), 0);
	cr_assert_not(logfile_is_on());
	logfile_add((struct slice)SLICE("to nobody\n"));
	cr_assert_eq(logfile_reopen(), 0);
	cr_assert_eq(access("off", F_OK), -1);

	cr_assert_eq(logfile_open("no/such/log"), -1);
	cr_assert_eq(errno, ENOENT);
	cr_assert_not(logfile_is_on());
}

static void
write_to_stderr(void *unused)
{
	(void)unused;
	logfile_open("-");
	logfile_add((struct slice)SLICE("a line\n"));
	logfile_reopen();
	logfile_add((struct slice)SLICE("another\n"));
}

Test(logfile, a_dash_is_standard_error)
{
	struct aside a = aside(write_to_stderr, NULL);

	cr_assert_str_eq(a.said, "a line\nanother\n");
}

static void
write_to_full(void *unused)
{
	(void)unused;
	log_init("prog", SAY_INFO);
	logfile_open("/dev/full");
	logfile_add((struct slice)SLICE("lost\n"));
	logfile_add((struct slice)SLICE("lost too\n"));
}

Test(logfile, a_lost_line_is_told_once)
{
	struct aside a = aside(write_to_full, NULL);

	cr_assert_str_eq(a.said,
	    "prog: access log: a line was lost: "
	    "No space left on device\n");
}

/*
 * sandbox_files.c - what a sandboxed child of a site can reach in the file
 * system, tried from inside: its own directories, and nothing by any other way;
 * a log can be added to.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rig/main.h"
#include "sandbox_files.h"

#define WITHOUT_APPEND 0x20 /* RWF_NOAPPEND of Linux 6.9 */

static int
list_site(void)
{
	DIR *d = opendir(sandboxed_path("site"));
	int n = 0;

	if (d == NULL)
		return errno;
	while (readdir(d) != NULL)
		n++;
	return n == 4 ? 0 : SANDBOXED_SAME;
}

static int
read_beneath(void)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_BENEATH };
	int site = open(sandboxed_path("site"), O_RDONLY | O_DIRECTORY);

	return sandboxed_errno(
	    syscall(SYS_openat2, site, "page", &how, sizeof how));
}

static int
rename_page(void)
{
	return sandboxed_errno(
	    rename(sandboxed_path("site/page"), sandboxed_path("site/other")));
}

static int
make_directory(void)
{
	return sandboxed_errno(mkdir(sandboxed_path("site/dir"), 0755));
}

static int
open_up_page(void)
{
	return sandboxed_errno(chmod(sandboxed_path("site/page"), 0777));
}

static int
open_up_at(void)
{
	return sandboxed_errno(fchmodat(sandboxed.outside, "secret", 0777, 0));
}

static int
remove_directory(void)
{
	return sandboxed_errno(rmdir(sandboxed_path("outside")));
}

static int
make_device(void)
{
	return sandboxed_errno(mknod(sandboxed_path("site/dev"), S_IFCHR, 0));
}

static int
read_by_symlink(void)
{
	return try_open(sandboxed_path("site/out"), O_RDONLY);
}

static int
read_by_dots(void)
{
	return try_open(sandboxed_path("site/../outside/secret"), O_RDONLY);
}

static int
read_by_held_directory(void)
{
	return sandboxed_errno(openat(sandboxed.outside, "secret", O_RDONLY));
}

static int
read_by_proc_root(void)
{
	char path[300];

	snprintf(path, sizeof path, "/proc/self/root%s",
	    sandboxed_path("outside/secret"));
	return try_open(path, O_RDONLY);
}

static int
read_by_proc_fd(void)
{
	char path[300];

	snprintf(
	    path, sizeof path, "/proc/self/fd/%d/secret", sandboxed.outside);
	return try_open(path, O_RDONLY);
}

static int
read_passwd(void)
{
	return try_open("/etc/passwd", O_RDONLY);
}

static int
open_own_memory(void)
{
	return try_open("/proc/self/mem", O_RDWR);
}

static int
open_device(void)
{
	return try_open("/dev/null", O_RDWR);
}

/* The log can be added to and nothing else. */
CALL(cut_log, truncate(sandboxed_path("log"), 0))
CALL(cut_held_log, ftruncate(sandboxed.log, 0))
CALL(punch_log, syscall(SYS_fallocate, sandboxed.log, 3, 0, 1))
CALL(open_log, open(sandboxed_path("log"), O_WRONLY))
CALL(remove_log, unlink(sandboxed_path("log")))
CALL(unset_append, fcntl(sandboxed.log, F_SETFL, 0))
CALL(silence_log, fcntl(sandboxed.log, F_SETFL, O_APPEND | O_DIRECT))
CALL(own_log_signals, fcntl(sandboxed.log, F_SETOWN, sandboxed.sibling))

static int
write_over_log(void)
{
	struct iovec v = { .iov_base = (char[]){ "X" }, .iov_len = 1 };

	return sandboxed_errno(
	    syscall(SYS_pwritev2, sandboxed.log, &v, 1, 0, 0, WITHOUT_APPEND));
}

static int
write_at_start(void)
{
	return sandboxed_errno(pwrite(sandboxed.log, "X", 1, 0));
}

static int
add_to_log(void)
{
	struct stat before, after;

	if (fstat(sandboxed.log, &before) < 0 ||
	    lseek(sandboxed.log, 0, SEEK_SET) ||
	    write(sandboxed.log, "more\n", 5) != 5 ||
	    fstat(sandboxed.log, &after) < 0)
		return errno;
	return after.st_size == before.st_size + 5 ? 0 : SANDBOXED_SAME;
}

/* clang-format off */
static const struct attempt attempts[] = {
	ATTEMPT("read a page", read_page, 0),
	ATTEMPT("list the site", list_site, 0),
	ATTEMPT("read beneath the site", read_beneath, 0),
	ATTEMPT("write a page", write_page, EPERM),
	ATTEMPT("truncate a page", cut_page, EPERM),
	ATTEMPT("make a page", make_page, EPERM),
	ATTEMPT("remove a page", remove_page, EPERM),
	ATTEMPT("rename a page", rename_page, EPERM),
	ATTEMPT("make a directory", make_directory, EPERM),
	ATTEMPT("change a mode", open_up_page, EPERM),
	ATTEMPT("change a mode by fchmod", open_up_held, EPERM),
	ATTEMPT("change a mode by fchmodat", open_up_at, EPERM),
	ATTEMPT("change times", change_times, EPERM),
	ATTEMPT("remove a directory", remove_directory, EPERM),
	ATTEMPT("make a device", make_device, -SIGSYS),
	ATTEMPT("read outside", read_outside, EACCES, .abi = 1),
	ATTEMPT("read by a symlink", read_by_symlink, EACCES, .abi = 1),
	ATTEMPT("read by ..", read_by_dots, EACCES, .abi = 1),
	ATTEMPT("read by a directory held open", read_by_held_directory, EACCES, .abi = 1),
	ATTEMPT("read by /proc/self/root", read_by_proc_root, EACCES, .abi = 1),
	ATTEMPT("read by /proc/self/fd", read_by_proc_fd, EACCES, .abi = 1),
	ATTEMPT("read /etc/passwd", read_passwd, EACCES, .abi = 1),
	ATTEMPT("open /proc/self/mem", open_own_memory, EPERM),
	ATTEMPT("open a device", open_device, EPERM),
	ATTEMPT("shared: read a page", read_page, 0, .shared = true),
	ATTEMPT("shared: read outside", read_outside, EACCES, .abi = 1, .shared = true),
	ATTEMPT("shared: write a page", write_page, EPERM, .shared = true),
	ATTEMPT("site of both: deliver", deliver, EPERM),
	ATTEMPT("log: add", add_to_log, 0),
	ATTEMPT("log: truncate", cut_log, -SIGSYS),
	ATTEMPT("log: ftruncate", cut_held_log, EPERM),
	ATTEMPT("log: punch a hole", punch_log, EPERM),
	ATTEMPT("log: open", open_log, EPERM),
	ATTEMPT("log: remove", remove_log, EPERM),
	ATTEMPT("log: take O_APPEND off", unset_append, EPERM),
	ATTEMPT("log: set O_DIRECT", silence_log, EPERM),
	ATTEMPT("log: F_SETOWN", own_log_signals, ENOSYS),
	ATTEMPT("log: RWF_NOAPPEND", write_over_log, ENOSYS),
	ATTEMPT("log: pwrite", write_at_start, EPERM),
};
/* clang-format on */

#define COUNT (sizeof attempts / sizeof *attempts)

Test(sandbox, files)
{
	cr_assert_eq(sandboxed_try(attempts, COUNT), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return sandboxed_main(argc, argv, attempts, COUNT);
}

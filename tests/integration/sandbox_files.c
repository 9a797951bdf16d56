/*
 * sandbox_files.c - what a sandboxed child can reach in the file system, tried from
 * inside: its own directories, and nothing by any other way.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "rig/sandboxed.h"
#include "rig/main.h"

static int
try_open(const char *path, int flags)
{
	return sandboxed_errno(open(path, flags, 0644));
}

static int
read_page(void)
{
	char text[16] = "";
	int fd = open(sandboxed_path("site/page"), O_RDONLY);

	if (fd < 0)
		return errno;
	if (read(fd, text, sizeof text) != 6 || strcmp(text, "a page") != 0)
		return SANDBOXED_SAME;
	return 0;
}

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
write_page(void)
{
	return try_open(sandboxed_path("site/page"), O_WRONLY);
}

static int
cut_page(void)
{
	return try_open(sandboxed_path("site/page"), O_RDONLY | O_TRUNC);
}

static int
make_page(void)
{
	return try_open(sandboxed_path("site/new"), O_WRONLY | O_CREAT);
}

static int
remove_page(void)
{
	return sandboxed_errno(unlink(sandboxed_path("site/page")));
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
open_up_held(void)
{
	return sandboxed_errno(fchmod(sandboxed.outside, 0777));
}

static int
open_up_at(void)
{
	return sandboxed_errno(fchmodat(sandboxed.outside, "secret", 0777, 0));
}

static int
open_up_outside(void)
{
	return sandboxed_errno(chmod(sandboxed_path("outside/secret"), 0777));
}

static int
open_up_mail(void)
{
	return sandboxed_errno(chmod(sandboxed_path("mail/tmp"), 0777));
}

static int
change_times(void)
{
	return sandboxed_errno(
	    utimensat(AT_FDCWD, sandboxed_path("site/page"), NULL, 0));
}

static int
remove_directory(void)
{
	return sandboxed_errno(rmdir(sandboxed_path("outside")));
}

static int
change_attributes(void)
{
	return sandboxed_errno(
	    fsetxattr(sandboxed.outside, "user.x", "x", 1, 0));
}

static int
write_into(void)
{
	int fd = open(sandboxed_path("mail/tmp/4"), O_WRONLY | O_CREAT, 0600);

	return fd < 0 ? SANDBOXED_SAME : sandboxed_errno(pwrite(fd, "x", 1, 0));
}

static int
lock_mail(void)
{
	int fd = open(sandboxed_path("mail/tmp"), O_RDONLY | O_DIRECTORY);

	return fd < 0 ? SANDBOXED_SAME : sandboxed_errno(flock(fd, LOCK_EX));
}

static int
lock_by_record(void)
{
	struct flock l = { .l_type = F_RDLCK };
	int fd = open(sandboxed_path("mail/tmp"), O_RDONLY | O_DIRECTORY);

	return fd < 0 ? SANDBOXED_SAME :
			sandboxed_errno(fcntl(fd, F_SETLK, &l));
}

static int
watch_mail(void)
{
	return sandboxed_errno(inotify_init1(0));
}

static int
make_device(void)
{
	return sandboxed_errno(mknod(sandboxed_path("site/dev"), S_IFCHR, 0));
}

static int
read_outside(void)
{
	return try_open(sandboxed_path("outside/secret"), O_RDONLY);
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

/* The mail store. */

static int
deliver(void)
{
	int fd = open(
	    sandboxed_path("mail/tmp/1"), O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || write(fd, "mail", 4) != 4 || fsync(fd) < 0 ||
	    link(sandboxed_path("mail/tmp/1"), sandboxed_path("mail/new/1")) <
		0 ||
	    unlink(sandboxed_path("mail/tmp/1")) < 0 ||
	    rename(sandboxed_path("mail/new/1"),
		sandboxed_path("mail/cur/1:2,S")) < 0)
		return errno;
	return sandboxed_errno(unlink(sandboxed_path("mail/cur/1:2,S")));
}

/* What has been delivered is not for the next child to read. */
static int
read_mail(void)
{
	int fd = open(
	    sandboxed_path("mail/tmp/3"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		return SANDBOXED_SAME;
	close(fd);
	return try_open(sandboxed_path("mail/tmp/3"), O_RDONLY);
}

/* The inbox: it reads mail, moves and removes it, and writes none; so it does
 * not write the index, either, which lies beneath the same directory. */

static int
open_kept(void)
{
	return try_open(sandboxed_path("mail/new/kept"), O_RDONLY);
}

static int
write_kept(void)
{
	return try_open(sandboxed_path("mail/new/kept"), O_WRONLY);
}

static int
write_by_tmp(void)
{
	return sandboxed_errno(rename(
	    sandboxed_path("mail/new/kept"), sandboxed_path("mail/tmp/kept")));
}

static int
make_written(void)
{
	return try_open(sandboxed_path("mail/new/made"), O_WRONLY | O_CREAT);
}

static int
make_empty(void)
{
	return try_open(sandboxed_path("mail/cur/made"), O_RDONLY | O_CREAT);
}

static int
mark_and_remove(void)
{
	const char *read = sandboxed_path("mail/cur/kept:2,S");

	if (rename(sandboxed_path("mail/new/kept"), read) < 0)
		return errno;
	return sandboxed_errno(unlink(read));
}

static int
out_of_tmp(void)
{
	const char *tmp = sandboxed_path("mail/tmp/keywords");
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || write(fd, "0 red\n", 6) != 6)
		return errno;
	close(fd);
	return sandboxed_errno(
	    rename(tmp, sandboxed_path("mail/dovecot-keywords")));
}

/* Where the index lies, no other directory can be put, and no file can be made
 * to look like one that the indexer has made. */
static int
move_folder(void)
{
	return sandboxed_errno(rename(
	    sandboxed_path("mail/.berth"), sandboxed_path("mail/.away")));
}

static int
make_other(void)
{
	return sandboxed_errno(mkdir(sandboxed_path("mail/.other"), 0700));
}

static int
remove_folder(void)
{
	return sandboxed_errno(
	    unlinkat(AT_FDCWD, sandboxed_path("mail/.berth"), AT_REMOVEDIR));
}

static int
mark_open(void)
{
	int fd = open(sandboxed_path("mail/tmp/index.db"),
	    O_WRONLY | O_CREAT | O_EXCL, 0600);

	return fd < 0 ?
	    errno :
	    sandboxed_errno(fsetxattr(fd, "user.berth.index", "", 0, 0));
}

static int
mark_by_path(void)
{
	return sandboxed_errno(setxattr(
	    sandboxed_path("mail/new/kept"), "user.berth.index", "", 0, 0));
}

static int
lock_kept(void)
{
	struct flock l = { .l_type = F_RDLCK, .l_start = 100, .l_len = 1 };
	int fd = open(sandboxed_path("mail/new/kept"), O_RDONLY);

	return fd < 0 ? errno : sandboxed_errno(fcntl(fd, F_SETLK, &l));
}

static int
watch_by_name(void)
{
	int fd = open(sandboxed_path("mail"), O_RDONLY | O_DIRECTORY);
	int watch = inotify_init1(IN_NONBLOCK);

	if (fd < 0 || watch < 0 || fchdir(fd) < 0)
		return errno;
	return sandboxed_errno(
	    inotify_add_watch(watch, "new", IN_CREATE) < 0 ? -1 : 0);
}

static int
make_folder(void)
{
	if (mkdir(sandboxed_path("mail/.folder"), 0700) < 0 ||
	    mkdir(sandboxed_path("mail/.folder/tmp"), 0700) < 0)
		return errno;
	return 0;
}

static int
mail_to_site(void)
{
	int fd = open(sandboxed_path("mail/tmp/2"), O_WRONLY | O_CREAT, 0600);

	if (fd < 0)
		return SANDBOXED_SAME;
	return sandboxed_errno(
	    link(sandboxed_path("mail/tmp/2"), sandboxed_path("site/2")));
}

static int
make_symlink(void)
{
	return sandboxed_errno(symlink("/etc", sandboxed_path("mail/etc")));
}

static int
make_pipe(void)
{
	return sandboxed_errno(mkfifo(sandboxed_path("mail/pipe"), 0600));
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
	ATTEMPT("mail: deliver", deliver, 0, .service = IN_MAIL),
	ATTEMPT("mail: read a message", read_mail, EACCES, .abi = 1, .service = IN_MAIL),
	ATTEMPT("mail: make a folder", make_folder, 0, .service = IN_MAIL),
	ATTEMPT("mail: read a page", read_page, EACCES, .abi = 1, .service = IN_MAIL),
	ATTEMPT("mail: read outside", read_outside, EACCES, .abi = 1, .service = IN_MAIL),
	ATTEMPT("mail: link into the site", mail_to_site, EACCES, .abi = 1, .service = IN_MAIL),
	ATTEMPT("mail: change a mode", open_up_mail, EPERM, .service = IN_MAIL),
	ATTEMPT("mail: change a mode outside", open_up_outside, EPERM, .service = IN_MAIL),
	ATTEMPT("mail: change a mode by fchmod", open_up_held, EPERM, .service = IN_MAIL),
	ATTEMPT("mail: change times", change_times, EPERM, .service = IN_MAIL),
	ATTEMPT("mail: change attributes", change_attributes, EPERM, .service = IN_MAIL),
	ATTEMPT("mail: write into the middle", write_into, EPERM, .service = IN_MAIL),
	ATTEMPT("mail: lock", lock_mail, ENOSYS, .service = IN_MAIL),
	ATTEMPT("mail: watch", watch_mail, ENOSYS, .service = IN_MAIL),
	ATTEMPT("mail: make a symlink", make_symlink, ENOSYS, .service = IN_MAIL),
	ATTEMPT("mail: make a pipe", make_pipe, -SIGSYS, .service = IN_MAIL),
	ATTEMPT("both: read a page", read_page, 0, .service = IN_MAIL, .shared = true),
	ATTEMPT("both: deliver", deliver, 0, .service = IN_MAIL, .shared = true),
	ATTEMPT("both: read outside", read_outside, EACCES, .abi = 1, .service = IN_MAIL, .shared = true),
	ATTEMPT("site of both: deliver", deliver, EPERM),
	ATTEMPT("uploads: read a page", read_page, 0, .service = IN_UPLOADS),
	ATTEMPT("uploads: put a file", deliver, 0, .service = IN_UPLOADS),
	ATTEMPT("uploads: write a page", write_page, EACCES, .abi = 1, .service = IN_UPLOADS),
	ATTEMPT("uploads: truncate a page", cut_page, EACCES, .abi = 1, .service = IN_UPLOADS),
	ATTEMPT("uploads: make a page", make_page, EACCES, .abi = 1, .service = IN_UPLOADS),
	ATTEMPT("uploads: remove a page", remove_page, EACCES, .abi = 1, .service = IN_UPLOADS),
	ATTEMPT("uploads: link into the site", mail_to_site, EACCES, .abi = 1, .service = IN_UPLOADS),
	ATTEMPT("uploads: change a mode", open_up_mail, EPERM, .service = IN_UPLOADS),
	ATTEMPT("uploads: read outside", read_outside, EACCES, .abi = 1, .service = IN_UPLOADS),
	ATTEMPT("uploads: lock", lock_mail, ENOSYS, .service = IN_UPLOADS),
	ATTEMPT("uploads: watch", watch_mail, ENOSYS, .service = IN_UPLOADS),
	ATTEMPT("inbox: read a message", open_kept, 0, .service = IN_INBOX),
	ATTEMPT("inbox: lock, to read", lock_kept, 0, .service = IN_INBOX),
	ATTEMPT("inbox: write a message or the index", write_kept, EACCES, .abi = 1, .service = IN_INBOX),
	ATTEMPT("inbox: put it where it could be written", write_by_tmp, EXDEV, .abi = 2, .service = IN_INBOX),
	ATTEMPT("inbox: make a message", make_written, EACCES, .abi = 1, .service = IN_INBOX),
	ATTEMPT("inbox: make an empty file", make_empty, 0, .service = IN_INBOX),
	ATTEMPT("inbox: mark and remove", mark_and_remove, 0, .service = IN_INBOX),
	ATTEMPT("inbox: write in tmp, move out", out_of_tmp, 0, .service = IN_INBOX),
	ATTEMPT("inbox: move a directory", move_folder, EACCES, .abi = 1, .service = IN_INBOX),
	ATTEMPT("inbox: make a directory", make_other, EACCES, .abi = 1, .service = IN_INBOX),
	ATTEMPT("inbox: remove a directory", remove_folder, EACCES, .abi = 1, .service = IN_INBOX),
	ATTEMPT("inbox: mark a file as the index", mark_open, EPERM, .service = IN_INBOX),
	ATTEMPT("inbox: mark one by its path", mark_by_path, ENOSYS, .service = IN_INBOX),
	ATTEMPT("inbox: watch by name", watch_by_name, 0, .service = IN_INBOX),
	ATTEMPT("inbox: read outside", read_outside, EACCES, .abi = 1, .service = IN_INBOX),
	ATTEMPT("inbox: read a page", read_page, EACCES, .abi = 1, .service = IN_INBOX),
	ATTEMPT("inbox: write into the middle", write_into, EPERM, .service = IN_INBOX),
	ATTEMPT("inbox: change a mode", open_up_mail, EPERM, .service = IN_INBOX),
	ATTEMPT("inbox: link into the site", mail_to_site, EACCES, .abi = 1, .service = IN_INBOX),
	ATTEMPT("mail: lock, to read", lock_by_record, ENOSYS, .service = IN_MAIL),
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

/*
 * sandbox_inbox.c - what a sandboxed child of an inbox can reach in the file
 * system, tried from inside: it reads mail, moves and removes it, and writes
 * none; so it does not write the index, either, which lies beneath the same
 * directory.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "rig/main.h"
#include "sandbox_files.h"

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

/* clang-format off */
static const struct attempt attempts[] = {
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
};
/* clang-format on */

#define COUNT (sizeof attempts / sizeof *attempts)

Test(sandbox, inbox)
{
	cr_assert_eq(sandboxed_try(attempts, COUNT), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return sandboxed_main(argc, argv, attempts, COUNT);
}

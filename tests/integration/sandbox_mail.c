/*
 * sandbox_mail.c - what a sandboxed child can reach in the file system that
 * takes mail, or files for a site, tried from inside.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "rig/main.h"
#include "sandbox_files.h"

static int
open_up_outside(void)
{
	return sandboxed_errno(chmod(sandboxed_path("outside/secret"), 0777));
}

static int
change_attributes(void)
{
	return sandboxed_errno(
	    fsetxattr(sandboxed.outside, "user.x", "x", 1, 0));
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

static int
make_folder(void)
{
	if (mkdir(sandboxed_path("mail/.folder"), 0700) < 0 ||
	    mkdir(sandboxed_path("mail/.folder/tmp"), 0700) < 0)
		return errno;
	return 0;
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
	ATTEMPT("mail: lock, to read", lock_by_record, ENOSYS, .service = IN_MAIL),
};
/* clang-format on */

#define COUNT (sizeof attempts / sizeof *attempts)

Test(sandbox, mail)
{
	cr_assert_eq(sandboxed_try(attempts, COUNT), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return sandboxed_main(argc, argv, attempts, COUNT);
}

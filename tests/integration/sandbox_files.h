/*
 * sandbox_files.h - attempts in the file system, made by children of more than
 * one kind of service.
 */
#ifndef SANDBOX_FILES_H
#define SANDBOX_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/sandboxed.h"

static inline int
try_open(const char *path, int flags)
{
	return sandboxed_errno(open(path, flags, 0644));
}

static inline int
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

static inline int
write_page(void)
{
	return try_open(sandboxed_path("site/page"), O_WRONLY);
}

static inline int
cut_page(void)
{
	return try_open(sandboxed_path("site/page"), O_RDONLY | O_TRUNC);
}

static inline int
make_page(void)
{
	return try_open(sandboxed_path("site/new"), O_WRONLY | O_CREAT);
}

static inline int
remove_page(void)
{
	return sandboxed_errno(unlink(sandboxed_path("site/page")));
}

static inline int
open_up_held(void)
{
	return sandboxed_errno(fchmod(sandboxed.outside, 0777));
}

static inline int
open_up_mail(void)
{
	return sandboxed_errno(chmod(sandboxed_path("mail/tmp"), 0777));
}

static inline int
change_times(void)
{
	return sandboxed_errno(
	    utimensat(AT_FDCWD, sandboxed_path("site/page"), NULL, 0));
}

static inline int
write_into(void)
{
	int fd = open(sandboxed_path("mail/tmp/4"), O_WRONLY | O_CREAT, 0600);

	return fd < 0 ? SANDBOXED_SAME : sandboxed_errno(pwrite(fd, "x", 1, 0));
}

static inline int
read_outside(void)
{
	return try_open(sandboxed_path("outside/secret"), O_RDONLY);
}

/* The mail store. */

static inline int
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

static inline int
mail_to_site(void)
{
	int fd = open(sandboxed_path("mail/tmp/2"), O_WRONLY | O_CREAT, 0600);

	if (fd < 0)
		return SANDBOXED_SAME;
	return sandboxed_errno(
	    link(sandboxed_path("mail/tmp/2"), sandboxed_path("site/2")));
}

#endif

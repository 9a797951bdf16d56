/*
 * postbox.c - a Maildir of the real store.
 */
#include "fuzzrig/postbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzzrig/must.h"
#include "fuzzrig/scratch.h"
#include "grammar/mail_ends.h"
#include "grammar/mail_folder.h"
#include "grammar/mail_trace.h"
#include "smtpd/smtpd.h"
#include "smtpd/store.h"
#include "smtpd/store_dirs.h"

#define HOST     "mx.test"
#define FILE_MAX (1 << 20)

static struct store_ops real;
static unsigned calls, faulty;
static bool stuck;

static bool
fails(void)
{
	if (++calls != faulty)
		return false;
	errno = ENOSPC;
	return true;
}

static int
some_open(int dir, const char *name, int flags, mode_t mode)
{
	if ((flags & O_CREAT) != 0 && fails())
		return -1;
	return real.open(dir, name, flags, mode);
}

/* Half of it, and then no more. */
static ssize_t
some_write(int fd, const void *p, size_t n)
{
	return fails() ? -1 : real.write(fd, p, n > 1 ? n - n / 2 : n);
}

static int
some_fsync(int fd)
{
	(void)fd;
	return fails() ? -1 : 0;
}

static int
some_close(int fd)
{
	int done = real.close(fd);

	return fails() ? -1 : done;
}

/* As under a Landlock that knows no way from one directory to another. */
static bool
cannot_cross(int from, int to)
{
	errno = EXDEV;
	return stuck && from != to;
}

static int
some_rename(int from, const char *a, int to, const char *b)
{
	if (cannot_cross(from, to))
		return -1;
	return fails() ? -1 : real.rename(from, a, to, b);
}

static int
some_link(int from, const char *a, int to, const char *b)
{
	if (cannot_cross(from, to))
		return -1;
	return fails() ? -1 : real.link(from, a, to, b);
}

static int
some_mkdir(int dir, const char *name)
{
	return fails() ? -1 : real.mkdir(dir, name);
}

void
postbox_open(void)
{
	static char path[4096];

	real = store_ops;
	snprintf(path, sizeof(path), "%s", scratch_path("mail"));
	store_open(path, HOST, NULL, true);
	smtpd_options.maildir = path; /* it is looked at before each mail */
	store_ops.open = some_open;
	store_ops.write = some_write;
	store_ops.fsync = some_fsync;
	store_ops.close = some_close;
	store_ops.rename = some_rename;
	store_ops.link = some_link;
	store_ops.mkdir = some_mkdir;
}

void
postbox_fail(unsigned fault, bool cross)
{
	calls = 0;
	faulty = fault;
	stuck = !cross;
}

/* The message of this name is these bytes, for as many as are in rcpts. */
static void
look_into(const char *name, struct slice bytes, struct slice rcpts)
{
	static char text[FILE_MAX];
	int fd = openat(store_dirs.root, name, O_RDONLY | O_CLOEXEC), head;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	struct slice all = { text, n < 0 ? 0 : (size_t)n }, params, other;
	struct mail_trace t;

	must(fd >= 0 && close(fd) == 0);
	head = mail_trace_read(all, &t);
	if (head > 0 && t.lf) {
		static char sent[MAIL_ENDS_ROOM(FILE_MAX)];
		struct mail_ends e = { 0 };
		size_t put = mail_ends_put(&e, all, sent);

		must(smtpd_options.line_ends == SMTPD_LF);
		all =
		    (struct slice){ sent, put + mail_ends_end(&e, sent + put) };
		head = mail_trace_read(all, &t);
	}
	must(head > 0 && slice_eq(slice_from(all, (size_t)head), bytes));
	must(slice_is(t.host, HOST));
	while (rcpts.n > 0) {
		struct slice to = mail_rcpt_next(&rcpts, &params);

		must(slice_eq(mail_trace_rcpt(&t.rcpts, &other), to));
		must(slice_eq(params, other));
	}
	must(t.rcpts.n == 0);
}

/* Where the message is for the next recipient. */
static const char *
place_of(struct slice id, struct slice *rcpts)
{
	static char path[SCRATCH_MAX * 2];
	struct slice params, text = mail_rcpt_next(rcpts, &params);
	int by = smtpd_options.mailbox_by;
	struct mail_address to;
	struct buf b;

	buf_init(&b, sizeof(path));
	if (by == MAIL_BY_NONE) {
		*rcpts = (struct slice){ NULL, 0 };
	} else {
		must(mail_path(text, &to) > 0);
		mail_folder(&to, (enum mail_folder_by)by, &b);
		buf_addc(&b, '/');
	}
	buf_addf(&b, "new/%.*s.%s", SLICE_FMT(id), HOST);
	must(slice_copy(buf_slice(&b), path, sizeof(path)) == 0);
	buf_free(&b);
	return path;
}

void
postbox_take(struct slice id, struct slice bytes, struct slice rcpts)
{
	struct slice rest = rcpts;

	must(rcpts.n > 0);
	while (rest.n > 0)
		look_into(place_of(id, &rest), bytes, rcpts);
	for (rest = rcpts; rest.n > 0;)
		must(unlinkat(store_dirs.root, place_of(id, &rest), 0) == 0 ||
		    errno == ENOENT);
}

void
postbox_drop(struct slice id)
{
	struct slice all = SLICE("\n");

	must(unlinkat(store_dirs.root, place_of(id, &all), 0) == 0);
}

/* Call visit for each name in a directory. */
static void
each_name(int at, const char *name, void (*visit)(int dir, const char *))
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	must(dir != NULL);
	while ((e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			visit(fd, e->d_name);
	closedir(dir);
}

static void
no_name(int dir, const char *name)
{
	(void)dir;
	fprintf(stderr, "%s is left\n", name);
	must(name == NULL);
}

static void
in_folder(int dir, const char *name)
{
	if (strcmp(name, "maildirfolder") == 0)
		must(unlinkat(dir, name, 0) == 0);
	else
		must(unlinkat(dir, name, AT_REMOVEDIR) == 0);
}

static void
in_root(int dir, const char *name)
{
	if (strcmp(name, "tmp") == 0 || strcmp(name, "new") == 0 ||
	    strcmp(name, "cur") == 0) {
		each_name(dir, name, no_name);
		return;
	}
	must(name[0] == '.');
	each_name(dir, name, in_folder);
	must(unlinkat(dir, name, AT_REMOVEDIR) == 0);
}

static void
in_scratch(int dir, const char *name)
{
	(void)dir;
	must(strcmp(name, "mail") == 0 || strcmp(name, "users") == 0 ||
	    strcmp(name, "rules") == 0);
}

void
postbox_is_empty(void)
{
	each_name(AT_FDCWD, scratch(), in_scratch);
	each_name(store_dirs.root, ".", in_root);
}

/*
 * maildir_message.c - one message: finding, opening, flags, removing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mail/maildir.h"
#include "mail/maildir_open.h"

#define TRIES 5 /* to catch what is moved while we look for it */

struct wanted {
	struct slice base;
	char *name;
};

static int
if_wanted(void *with, const char *name)
{
	struct wanted *w = with;

	if (!slice_eq(maildir_base(name), w->base))
		return 0;
	snprintf(w->name, MAILDIR_NAME_MAX, "%s", name);
	return 1;
}

int
maildir_find(const struct maildir *m, struct maildir_file *f)
{
	char base[MAILDIR_NAME_MAX];
	struct wanted w = { .name = f->name };

	if (slice_copy(maildir_base(f->name), base, sizeof(base)) < 0)
		return -1;
	w.base = slice_of(base);
	/* It may move from where we look next to where we have looked. */
	for (int i = 0; i < TRIES; i++) {
		enum maildir_part p = i % 2 == 0 ? MAILDIR_NEW : MAILDIR_CUR;
		int found = maildir_list(m, f->folder, p, if_wanted, &w);

		if (found == 1) {
			f->part = p;
			return 0;
		}
		if (found < 0 && errno != ENOENT)
			return -1;
	}
	errno = ENOENT;
	return -1;
}

/* Where it is said to be, and nowhere else. */
static int
open_there(const struct maildir *m, const struct maildir_file *f)
{
	int dir = maildir_open_part(m, f->folder, f->part), fd, why;

	if (dir < 0)
		return -1;
	fd = maildir_open_beneath(dir, f->name, O_RDONLY | O_NOCTTY);
	why = errno;
	close(dir);
	errno = why;
	return fd;
}

int
maildir_open_message(
    const struct maildir *m, struct maildir_file *f, struct stat *st)
{
	int fd = open_there(m, f);

	for (int i = 0; i < TRIES && fd < 0 && errno == ENOENT; i++) {
		if (maildir_find(m, f) < 0)
			return -1;
		fd = open_there(m, f);
	}
	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

/* The name with other flags: sorted, each once.  False: nothing changes. */
static bool
rename_to(const struct maildir_file *f, const char *add, const char *remove,
    char to[MAILDIR_NAME_MAX + 256])
{
	struct slice base = maildir_base(f->name), old = maildir_flags(f->name);
	bool has[256] = { false };
	size_t n;

	for (size_t i = 0; i < old.n; i++)
		has[(unsigned char)old.p[i]] = true;
	for (; *add != '\0'; add++)
		has[(unsigned char)*add] = true;
	for (; *remove != '\0'; remove++)
		has[(unsigned char)*remove] = false;
	n = (size_t)snprintf(
	    to, MAILDIR_NAME_MAX + 256, "%.*s:2,", SLICE_FMT(base));
	for (int c = 1; c < 256; c++)
		if (has[c])
			to[n++] = (char)c;
	to[n] = '\0';
	return !slice_eq(maildir_flags(to), old);
}

static int
rename_there(const struct maildir *m, struct maildir_file *f, const char *to)
{
	int from = maildir_open_part(m, f->folder, f->part);
	int cur = maildir_open_part(m, f->folder, MAILDIR_CUR);
	int status = -1, why;

	if (from >= 0 && cur >= 0)
		status = renameat2(from, f->name, cur, to, RENAME_NOREPLACE);
	if (status < 0 && (errno == EINVAL || errno == ENOSYS))
		status = renameat(from, f->name, cur, to);
	why = errno;
	if (from >= 0)
		close(from);
	if (cur >= 0)
		close(cur);
	errno = why;
	return status;
}

int
maildir_set_flags(const struct maildir *m, struct maildir_file *f,
    const char *add, const char *remove)
{
	char to[MAILDIR_NAME_MAX + 256];

	for (int i = 0; i < TRIES; i++) {
		if (!rename_to(f, add, remove, to))
			return 0;
		if (strlen(to) >= MAILDIR_NAME_MAX) {
			errno = ENAMETOOLONG;
			return -1;
		}
		if (rename_there(m, f, to) == 0) {
			f->part = MAILDIR_CUR;
			memcpy(f->name, to, strlen(to) + 1);
			return 0;
		}
		if (errno != ENOENT || maildir_find(m, f) < 0)
			return -1;
	}
	return -1;
}

int
maildir_remove(const struct maildir *m, struct maildir_file *f)
{
	for (int i = 0; i < TRIES; i++) {
		int dir = maildir_open_part(m, f->folder, f->part);
		int status = -1, why = errno;

		if (dir >= 0) {
			status = unlinkat(dir, f->name, 0);
			why = errno;
			close(dir);
		}
		errno = why;
		if (status == 0)
			return 0;
		if (errno != ENOENT || maildir_find(m, f) < 0)
			return -1;
	}
	return -1;
}

/*
 * aside.c - what else is in INDEX_DIR.
 */
#include "indexer/aside.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/index.h"
#include "mail/maildir_open.h"
#include "system/clock.h"

#define NAMES_MAX 100000 /* of dialogues, looked at in one turn */

static int
open_dir(const struct maildir *m, const char *path)
{
	return maildir_open_beneath(
	    maildir_root(m), path, O_RDONLY | O_DIRECTORY);
}

/* Call each for all names in a directory that are not hidden. */
static void
each_name(
    int fd, void (*each)(void *with, int dir, const char *name), void *with)
{
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			each(with, dirfd(d), e->d_name);
	closedir(d);
}

static void
remove_it(void *with, int dir, const char *name)
{
	(void)with;
	unlinkat(dir, name, 0);
}

void
aside_mend(const struct maildir *m)
{
	/* INDEX_DIR was made, and found to be no link, by the index. */
	mkdirat(maildir_root(m), INDEX_SYNC, 0700);
	mkdirat(maildir_root(m), INDEX_SESSIONS, 0700);
}

void
aside_make(const struct maildir *m, struct aside *a)
{
	aside_mend(m);
	each_name(open_dir(m, INDEX_SYNC), remove_it, NULL);
	a->n = 0;
	a->trim_at = 0;
}

void
aside_wait(struct aside *a, const char *name)
{
	if (a->n == ASIDE_WAITING_MAX || strlen(name) >= sizeof(a->waiting[0]))
		return;
	strcpy(a->waiting[a->n++], name);
}

void
aside_release(const struct maildir *m, struct aside *a)
{
	int dir = a->n == 0 ? -1 : open_dir(m, INDEX_SYNC);

	for (size_t i = 0; dir >= 0 && i < a->n; i++)
		unlinkat(dir, a->waiting[i], 0);
	a->n = 0;
	if (dir >= 0)
		close(dir);
}

struct names {
	char (*at)[64];
	size_t n;
};

static void
add_name(void *with, int dir, const char *name)
{
	struct names *l = with;

	(void)dir;
	if (l->n < NAMES_MAX && strlen(name) < sizeof(l->at[0]))
		strcpy(l->at[l->n++], name);
}

/* The names begin with the time. */
static int
by_age(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
count_name(void *with, int dir, const char *name)
{
	(void)dir;
	(void)name;
	++*(size_t *)with;
}

void
aside_trim(const struct maildir *m, struct aside *a)
{
	struct names l = { NULL, 0 };
	size_t there = 0;
	int dir;

	if (clock_ms() < a->trim_at)
		return;
	a->trim_at = clock_ms() + ASIDE_TRIM_MS;
	each_name(open_dir(m, INDEX_SESSIONS), count_name, &there);
	if (there <= ASIDE_SESSIONS_MAX)
		return;
	l.at = calloc(NAMES_MAX, sizeof(l.at[0]));
	dir = l.at == NULL ? -1 : open_dir(m, INDEX_SESSIONS);
	if (dir >= 0) {
		each_name(dup(dir), add_name, &l);
		qsort(l.at, l.n, sizeof(l.at[0]), by_age);
		for (size_t i = 0; i + ASIDE_SESSIONS_MAX < l.n; i++)
			unlinkat(dir, l.at[i], 0);
		close(dir);
	}
	free(l.at);
}

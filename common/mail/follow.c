/*
 * follow.c - each message that comes, once.
 */
#include "mail/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/index_watch.h"
#include "mail/maildir_open.h"
#include "system/clock.h"

#define YOUNG_US 60000000
#define LINE     128 /* bytes of the file */
#define RECENT   256 /* messages whose IDs are remembered */

/* How far it has come. */
struct place {
	uint64_t index; /* which file of an index n belongs to */
	int64_t n;      /* up to here all is done */
	int64_t floor;  /* what was received before is not new */
	int64_t newest; /* when the last one that is done was received */
};

struct follow {
	int root, file, watch;
	struct index *x;
	struct place at;
	/* The one that was given. */
	int64_t n, created;
	char id[MAILDIR_ID_MAX];
	char recent[RECENT][MAILDIR_ID_MAX];
	size_t turn;
};

/* ---- the file ---- */

static void
save(const struct follow *f)
{
	char line[LINE + 1];

	snprintf(line, sizeof(line), "%llu %lld %lld %lld",
	    (unsigned long long)f->at.index, (long long)f->at.n,
	    (long long)f->at.floor, (long long)f->at.newest);
	/* One write of a few bytes: another process sees all or nothing. */
	memset(line + strlen(line), ' ', LINE - strlen(line));
	line[LINE - 1] = '\n';
	(void)!pwrite(f->file, line, LINE, 0);
}

static int64_t
born_us(int dir, const char *name, uint64_t *which)
{
	struct statx st;

	if (statx(dir, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW,
		STATX_BTIME | STATX_INO, &st) < 0)
		return -1;
	*which = ((uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor) ^
	    st.stx_ino * 0x9e3779b97f4a7c15U;
	if ((st.stx_mask & STATX_BTIME) == 0)
		return 0;
	*which ^= ((uint64_t)st.stx_btime.tv_sec << 30) ^
	    st.stx_btime.tv_nsec * 0xff51afd7ed558ccdU;
	return st.stx_btime.tv_sec * 1000000 + st.stx_btime.tv_nsec / 1000;
}

static void
load(struct follow *f)
{
	char line[LINE + 1];
	ssize_t n = pread(f->file, line, LINE, 0);
	unsigned long long index;
	long long at, floor, newest;
	int64_t now = clock_wall_us(), born;
	uint64_t unused;

	line[n < 0 ? 0 : n] = '\0';
	/* NOLINTNEXTLINE(cert-err34-c): numbers of our own, or it is new */
	if (sscanf(line, "%llu %lld %lld %lld", &index, &at, &floor, &newest) ==
	    4) {
		f->at = (struct place){ index, at, floor, newest };
		return;
	}
	born = born_us(f->root, "", &unused);
	f->at.floor = born > now - YOUNG_US ? born : now;
	save(f);
}

static int
open_file(int root, const char *name)
{
	int dir = maildir_open_beneath(root, INDEX_DIR, O_RDONLY | O_DIRECTORY);
	int fd;

	if (dir < 0 && errno == ENOENT && mkdirat(root, INDEX_DIR, 0700) == 0)
		dir = maildir_open_beneath(
		    root, INDEX_DIR, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return -1;
	fd = openat(dir, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	close(dir);
	return fd;
}

struct follow *
follow_open(int root, const char *name)
{
	struct follow *f = calloc(1, sizeof(*f));
	int why;

	if (f == NULL)
		return NULL;
	f->root = root;
	f->watch = -1;
	f->file = open_file(root, name);
	f->x = f->file < 0 ? NULL : index_open_at(root);
	if (f->x == NULL) {
		why = errno;
		follow_close(f);
		errno = why;
		return NULL;
	}
	f->watch = index_watch_new(root);
	load(f);
	return f;
}

void
follow_close(struct follow *f)
{
	if (f == NULL)
		return;
	index_close(f->x);
	if (f->file >= 0)
		close(f->file);
	if (f->watch >= 0)
		close(f->watch);
	free(f);
}

/* ---- what is next ---- */

/* Numbers of another file of the index mean nothing. */
static void
know_index(struct follow *f)
{
	uint64_t which;

	if (born_us(f->root, INDEX_FILE, &which) < 0 || which == f->at.index)
		return;
	f->at.index = which;
	f->at.n = 0;
	if (f->at.newest >= f->at.floor)
		f->at.floor = f->at.newest + 1;
}

static bool
was_given(const struct follow *f, const char *id)
{
	for (size_t i = 0; i < RECENT; i++)
		if (strcmp(f->recent[i], id) == 0)
			return true;
	return false;
}

struct search {
	struct follow *f;
	int64_t last; /* of all that were looked at */
};

/* The oldest that is new. */
static int
look(void *with, const struct index_row *row)
{
	struct search *s = with;
	struct follow *f = s->f;

	if (row->n > s->last)
		s->last = row->n;
	if (row->created < f->at.floor || (f->n != 0 && f->n < row->n) ||
	    was_given(f, row->id))
		return 0;
	f->n = row->n;
	f->created = row->created;
	snprintf(f->id, sizeof(f->id), "%s", row->id);
	return 0;
}

static int
find(struct follow *f)
{
	struct index_scope scope = { .after = f->at.n };
	struct search s = { .f = f, .last = f->at.n };
	int status;

	f->n = 0;
	status = index_glance(f->x, &scope, -1, look, &s);
	if (status == 0 && f->n == 0)
		f->at.n = s.last; /* none of these will ever be new */
	return status;
}

int
follow_next(struct follow *f, index_one *each, void *with)
{
	static const struct index_scope all;
	int status;

	if (f->watch < 0)
		f->watch = index_watch_new(f->root);
	else
		index_watch_hear(f->watch, f->root);
	for (;;) {
		know_index(f);
		status = find(f);
		if (status < 0 || f->n == 0)
			return status;
		status = index_message(f->x, &all, f->id, each, with);
		if (status != 0)
			return status;
		follow_done(f); /* it has gone meanwhile */
	}
}

void
follow_done(struct follow *f)
{
	f->at.n = f->n;
	if (f->created > f->at.newest)
		f->at.newest = f->created;
	memcpy(f->recent[f->turn++ % RECENT], f->id, sizeof(f->id));
	save(f);
}

int
follow_fd(const struct follow *f)
{
	return f->watch;
}

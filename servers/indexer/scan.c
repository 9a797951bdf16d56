/*
 * scan.c - the Maildir held against the index.
 */
#include "indexer/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/take.h"
#include "system/log.h"

#define CHANGES_MAX 2000 /* in a transaction */

struct scan {
	struct indexer *ix;
	struct backlog *backlog, *moves;
	const char *folder;
	enum maildir_part part;
	bool keywords;
	int changes;
	/* Numbers in the index: those seen, then those to be removed. */
	int64_t *seen, *lost;
	size_t seen_count, seen_room, lost_count, lost_room;
};

static int
append(int64_t **list, size_t *count, size_t *room, int64_t n)
{
	if (*count == *room) {
		size_t more = *room == 0 ? 256 : 2 * *room;
		void *p = reallocarray(*list, more, sizeof(**list));

		if (p == NULL)
			return INDEX_FAILED;
		*list = p;
		*room = more;
	}
	(*list)[(*count)++] = n;
	return 0;
}

/* One more change: not too many in one transaction. */
static int
changed(struct scan *s, int status)
{
	if (status < 0 || ++s->changes % CHANGES_MAX != 0)
		return status;
	status = index_commit(s->ix->w);
	return status < 0 ? status : index_begin(s->ix->w);
}

static bool
has_keywords(const char *name)
{
	struct slice flags = maildir_flags(name);

	for (size_t i = 0; i < flags.n; i++)
		if (flags.p[i] >= 'a' && flags.p[i] <= 'z')
			return true;
	return false;
}

static int
see_one(struct scan *s, const char *name)
{
	struct maildir_file f = { .part = s->part };
	struct index_known known;
	int status;

	snprintf(f.name, sizeof(f.name), "%s", name);
	snprintf(f.folder, sizeof(f.folder), "%s", s->folder);
	status = index_knows(s->ix->w, &f, &known);
	if (status == 0)
		return backlog_add(s->backlog, &f) < 0 ? INDEX_FAILED : 0;
	if (status < 0)
		return status;
	if ((!known.same || (s->keywords && has_keywords(name))) &&
	    backlog_add(s->moves, &f) < 0)
		return INDEX_FAILED;
	return append(&s->seen, &s->seen_count, &s->seen_room, known.n);
}

/* In the order in which they were put in, or it takes ten times as long. */
static int
move_all(struct scan *s)
{
	struct maildir_file f;
	struct index_known known;
	int status = 0;

	backlog_sort(s->moves);
	while (status == 0 && backlog_next(s->moves, &f)) {
		status = index_knows(s->ix->w, &f, &known);
		if (status == 1)
			status = changed(s, take_move(s->ix, known.n, &f));
	}
	return status;
}

/* What a system call of the walk says is told apart by its sign. */
static int
see(void *with, const char *name)
{
	return strlen(name) < MAILDIR_NAME_MAX ? -see_one(with, name) : 0;
}

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int
miss(void *with, int64_t n, const char *name)
{
	struct scan *s = with;

	(void)name;
	if (s->seen_count > 0 &&
	    bsearch(&n, s->seen, s->seen_count, sizeof(n), compare) != NULL)
		return 0;
	return append(&s->lost, &s->lost_count, &s->lost_room, n);
}

/* new/ first: a message that is moved meanwhile is then seen in cur/. */
static int
look(struct scan *s)
{
	int status;

	for (s->part = MAILDIR_NEW; s->part <= MAILDIR_CUR; s->part++) {
		status = maildir_list(s->ix->m, s->folder, s->part, see, s);
		if (status > 0)
			return -status;
		if (status == 0 || errno == ENOENT || errno == ENOTDIR ||
		    errno == ELOOP)
			continue;
		log_error("%s/%s: %s", s->folder,
		    s->part == MAILDIR_NEW ? "new" : "cur", strerror(errno));
		return 1; /* who cannot look must not remove */
	}
	return 0;
}

static int
remove_lost(struct scan *s)
{
	int status;

	if (s->seen_count > 0)
		qsort(s->seen, s->seen_count, sizeof(s->seen[0]), compare);
	status = index_numbers(s->ix->w, s->folder, miss, s);
	for (size_t i = 0; i < s->lost_count && status == 0; i++)
		status = changed(s, index_remove(s->ix->w, s->lost[i]));
	return status;
}

int
scan_folder(
    struct indexer *ix, struct backlog *b, const char *folder, bool keywords)
{
	struct scan s = {
		.ix = ix, .backlog = b, .folder = folder, .keywords = keywords
	};
	int status, looked = 0;

	s.moves = backlog_new();
	status = s.moves == NULL ? INDEX_FAILED : index_begin(ix->w);
	if (status == 0)
		status = looked = look(&s);
	if (status >= 0)
		status = move_all(&s);
	if (status == 0 && looked == 0)
		status = remove_lost(&s);
	if (status == 0)
		status = index_commit(ix->w);
	backlog_free(s.moves);
	free(s.seen);
	free(s.lost);
	backlog_sort(b);
	return status;
}

/* Names of folders, one after the other, each with a NUL. */
static int
note(void *with, const char *name)
{
	buf_add(with, name, strlen(name) + 1);
	return 0;
}

struct folders {
	const struct maildir *m;
	struct buf *names;
};

/* One that the index knows and that is not there. */
static int
note_lost(void *with, const char *name)
{
	const struct folders *f = with;

	for (enum maildir_part p = MAILDIR_NEW; p <= MAILDIR_CUR; p++) {
		int fd = maildir_open_part(f->m, name, p);

		if (fd < 0)
			continue;
		close(fd);
		return 0;
	}
	return note(f->names, name);
}

int
scan_all(struct indexer *ix, struct backlog *b, bool keywords)
{
	struct buf folders;
	struct folders f = { ix->m, &folders };
	int status;

	buf_init(&folders, (size_t)64 << 20);
	note(&folders, "");
	maildir_folders(ix->m, note, &folders);
	status = index_names(ix->w, note_lost, &f);
	backlog_clear(b);
	for (size_t i = 0; i < folders.n && status == 0;
	     i += strlen(folders.p + i) + 1)
		status = scan_folder(ix, b, folders.p + i, keywords);
	buf_free(&folders);
	return status;
}

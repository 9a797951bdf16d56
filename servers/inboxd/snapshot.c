/*
 * snapshot.c - what has happened to messages between two looks.
 */
#include "inboxd/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "bytes/slice.h"

struct seen {
	uint64_t hash;  /* of id */
	uint64_t state; /* of read and tags */
	char id[MAILDIR_ID_MAX];
};

struct change {
	const struct seen *now;
	bool is_new;
};

struct snapshot {
	bool begun;
	struct seen at[SNAPSHOT_MAX], now[SNAPSHOT_MAX];
	size_t count, now_count;
	struct index_counts counts;
	/* During a look. */
	struct index_scope scope;
	const struct seen *gone[SNAPSHOT_MAX];
	struct change changed[SNAPSHOT_MAX];
	size_t gone_count, changed_count;
	bool is_new; /* the one that is told */
	snapshot_tell *tell;
	void *with;
};

struct snapshot *
snapshot_new(void)
{
	return calloc(1, sizeof(struct snapshot));
}

void
snapshot_free(struct snapshot *s)
{
	free(s);
}

static uint64_t
hash(uint64_t h, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3U;
	return h;
}

static uint64_t
state_of(const struct index_row *row)
{
	return hash(0xcbf29ce484222325U ^ row->seen, row->tags);
}

/*
 * By its ID, which it keeps when the index is made anew.  Both are looked
 * through in the order of the list, so the next is mostly behind the last,
 * where *hint is.
 */
static const struct seen *
find(const struct seen *at, size_t count, const struct seen *what, size_t *hint)
{
	for (size_t i = 0; i < count; i++) {
		size_t k = (*hint + i) % count;

		if (at[k].hash != what->hash || strcmp(at[k].id, what->id) != 0)
			continue;
		*hint = k + 1;
		return &at[k];
	}
	return NULL;
}

static int
take(void *with, const struct index_row *row)
{
	struct snapshot *s = with;
	struct seen *e = &s->now[s->now_count++];

	memset(e, 0, sizeof(*e));
	e->hash = hash(0xcbf29ce484222325U, slice_of(row->id));
	e->state = state_of(row);
	memcpy(e->id, row->id, strnlen(row->id, sizeof(e->id) - 1));
	return 0;
}

static void
ignore(void *with, const struct index_row *row, struct slice document)
{
	(void)with;
	(void)row;
	(void)document;
}

/* Which are not there any more, and which are other than they were or new? */
static void
compare(struct snapshot *s)
{
	size_t hint = 0;

	s->gone_count = s->changed_count = 0;
	for (size_t i = 0; i < s->count; i++)
		if (find(s->now, s->now_count, &s->at[i], &hint) == NULL)
			s->gone[s->gone_count++] = &s->at[i];
	hint = 0;
	for (size_t i = 0; i < s->now_count; i++) {
		const struct seen *was =
		    find(s->at, s->count, &s->now[i], &hint);

		if (was == NULL || was->state != s->now[i].state)
			s->changed[s->changed_count++] =
			    (struct change){ &s->now[i], was == NULL };
	}
}

/* Who is not among the newest any more may only have grown old. */
static void
tell_gone(struct snapshot *s, struct index *ix)
{
	for (size_t i = 0; i < s->gone_count; i++) {
		struct index_row row = { .id = s->gone[i]->id };

		if (index_message(ix, &s->scope, row.id, ignore, NULL) == 0)
			s->tell(s->with, SNAPSHOT_DELETE, &row, NULL);
	}
}

static void
tell_row(void *with, const struct index_row *row, struct slice document)
{
	struct snapshot *s = with;

	(void)document;
	s->tell(s->with, s->is_new ? SNAPSHOT_NEW : SNAPSHOT_UPDATE, row, NULL);
}

static int
tell_changed(struct snapshot *s, struct index *ix)
{
	int status = 0;

	for (size_t i = s->changed_count; i-- > 0 && status >= 0;) {
		s->is_new = s->changed[i].is_new;
		status = index_message(
		    ix, &s->scope, s->changed[i].now->id, tell_row, s);
	}
	return status < 0 ? status : 0;
}

static bool
same_counts(const struct index_counts *a, const struct index_counts *b)
{
	return a->total == b->total && a->unread == b->unread;
}

static int
tell_all(struct snapshot *s, struct index *ix, const struct index_counts *now)
{
	size_t n;

	if (!s->begun)
		return 0;
	compare(s);
	n = s->gone_count + s->changed_count;
	/* Older ones than are compared must have changed, or too many have. */
	if ((n == 0 && !same_counts(&s->counts, now)) || n > SNAPSHOT_MAX / 4) {
		s->tell(s->with, SNAPSHOT_RESET, NULL, now);
		return 0;
	}
	if (n == 0)
		return 0;
	tell_gone(s, ix);
	if (now->total == 0)
		s->tell(s->with, SNAPSHOT_RESET, NULL, now);
	return tell_changed(s, ix);
}

static int
look(struct snapshot *s, struct index *ix)
{
	struct index_counts now = { 0, 0 };
	int status;

	s->now_count = 0;
	status = index_glance(ix, &s->scope, SNAPSHOT_MAX, take, s);
	if (status == 0)
		status = index_count(ix, &s->scope, &now);
	if (status == 0)
		status = tell_all(s, ix, &now);
	if (status < 0)
		return status;
	if (!s->begun || !same_counts(&s->counts, &now))
		s->tell(s->with, SNAPSHOT_STATS, NULL, &now);
	memcpy(s->at, s->now, s->now_count * sizeof(s->at[0]));
	s->count = s->now_count;
	s->counts = now;
	s->begun = true;
	return 0;
}

int
snapshot_look(struct snapshot *s, struct index *ix, const char *folder,
    snapshot_tell *tell, void *with)
{
	int status = index_hold(ix);

	if (status < 0)
		return status;
	s->scope = (struct index_scope){ .folder = folder };
	s->tell = tell;
	s->with = with;
	status = look(s, ix);
	index_let(ix);
	return status;
}

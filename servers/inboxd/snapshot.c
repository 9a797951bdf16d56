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

struct snapshot {
	bool begun;
	struct seen at[SNAPSHOT_MAX], now[SNAPSHOT_MAX];
	size_t count, now_count;
	struct index_counts counts;
	/* During a look. */
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

static uint64_t
hash_id(const char *id)
{
	return hash(0xcbf29ce484222325U, slice_of(id));
}

/* By its ID, which it keeps when the index is made anew. */
static const struct seen *
find(const struct seen *at, size_t count, uint64_t h, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (at[i].hash == h && strcmp(at[i].id, id) == 0)
			return &at[i];
	return NULL;
}

static int
take(void *with, const struct index_row *row)
{
	struct snapshot *s = with;
	struct seen *e = &s->now[s->now_count++];

	memset(e, 0, sizeof(*e));
	e->hash = hash_id(row->id);
	e->state = state_of(row);
	memcpy(e->id, row->id, strnlen(row->id, sizeof(e->id) - 1));
	return 0;
}

/* A row again, to be told: the list is read twice only if there is news. */
static int
tell_row(void *with, const struct index_row *row)
{
	struct snapshot *s = with;
	const struct seen *was =
	    find(s->at, s->count, hash_id(row->id), row->id);

	if (was == NULL)
		s->tell(s->with, SNAPSHOT_NEW, row, NULL);
	else if (was->state != state_of(row))
		s->tell(s->with, SNAPSHOT_UPDATE, row, NULL);
	return 0;
}

static void
ignore(void *with, const struct index_row *row, struct slice document)
{
	(void)with;
	(void)row;
	(void)document;
}

/* Who is not among the newest any more may only have grown old. */
static void
tell_gone(struct snapshot *s, struct index *ix)
{
	struct index_scope all = { 0 };

	for (size_t i = 0; i < s->count; i++) {
		struct index_row row = { .id = s->at[i].id };

		if (find(s->now, s->now_count, s->at[i].hash, row.id) == NULL &&
		    index_message(ix, &all, row.id, ignore, NULL) == 0)
			s->tell(s->with, SNAPSHOT_DELETE, &row, NULL);
	}
}

/* How many are other than they were? */
static size_t
changes(const struct snapshot *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->now_count; i++) {
		const struct seen *was =
		    find(s->at, s->count, s->now[i].hash, s->now[i].id);

		n += was == NULL || was->state != s->now[i].state;
	}
	for (size_t i = 0; i < s->count; i++)
		n += find(s->now, s->now_count, s->at[i].hash, s->at[i].id) ==
		    NULL;
	return n;
}

static bool
same_counts(const struct index_counts *a, const struct index_counts *b)
{
	return a->total == b->total && a->unread == b->unread;
}

static int
tell_all(struct snapshot *s, struct index *ix, const struct index_counts *now)
{
	struct index_scope all = { 0 };
	size_t n = changes(s);

	if (!s->begun)
		return 0;
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
	return index_list(ix, &all, 0, SNAPSHOT_MAX, tell_row, s);
}

static int
look(struct snapshot *s, struct index *ix)
{
	struct index_scope all = { 0 };
	struct index_counts now;
	int status;

	s->now_count = 0;
	status = index_list(ix, &all, 0, SNAPSHOT_MAX, take, s);
	if (status == 0)
		status = index_count(ix, &all, &now);
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
snapshot_look(
    struct snapshot *s, struct index *ix, snapshot_tell *tell, void *with)
{
	int status = index_hold(ix);

	if (status < 0)
		return status;
	s->tell = tell;
	s->with = with;
	status = look(s, ix);
	index_let(ix);
	return status;
}

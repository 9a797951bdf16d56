/*
 * feed.c - what one client follows.
 */
#include "inboxd/feed.h"

#include "inboxd/changes.h"
#include "inboxd/inbox.h"

int
feed_open(struct exchange *x, struct feed *f)
{
	f->watch = changes_watch();
	f->snapshot = snapshot_new();
	if (f->watch < 0 || f->snapshot == NULL) {
		inbox_failed(x, INDEX_ABSENT);
		return 1;
	}
	return scope_read(x, &f->scope) != 0;
}

void
feed_look(struct feed *f, snapshot_tell *tell, void *with)
{
	changes_hear(f->watch);
	f->absent = scope_renew(&f->scope) < 0 ||
	    snapshot_look(f->snapshot, inbox.index, f->scope.index.folder, tell,
		with) < 0;
}

int64_t
feed_wait_ms(const struct feed *f, int64_t ms)
{
	return f->absent && ms > CHANGES_ABSENT_MS ? CHANGES_ABSENT_MS : ms;
}

void
feed_close(struct feed *f)
{
	scope_free(&f->scope);
	changes_forget(f->watch);
	snapshot_free(f->snapshot);
}

/*
 * pool_bound.c - the last possible moment of each child.
 *
 * A child bounds itself: by deadlines, and by an alarm behind them.  One that
 * was taken over may drop both and block every signal but KILL.  So each has
 * an end that the master alone sets, at moments that no child chooses: when it
 * was handed a connection, and when it was let go.
 */
#include <signal.h>

#include "master/pool_inside.h"
#include "system/clock.h"
#include "system/moved.h"

#define LOOK_MS 250 /* between two looks at all of them, at least */

void
pool_bound(struct pool *p, struct child *c, int64_t at)
{
	c->end_at = at;
	if (at < p->overdue_at)
		p->overdue_at = at;
}

void
pool_end(struct child *c, enum child_end why)
{
	c->ended = why;
	if (c->pid > 0)
		kill(c->pid, SIGKILL);
}

/*
 * A download may last for days.  Its client is still there when bytes have
 * come or gone since we last looked: nothing that the child says.
 */
static bool
moves_on(struct pool *p, struct child *c, int64_t now)
{
	uint64_t n;

	if (c->state != CHILD_BUSY || c->look_ms == 0 || c->peer.len == 0)
		return false;
	n = moved_bytes(&c->peer);
	if (n <= c->moved)
		return false;
	c->moved = n;
	pool_bound(p, c, now + c->look_ms);
	return true;
}

int64_t
pool_overdue(struct pool *p, void (*late)(const struct child *))
{
	int64_t now = clock_ms(), next = CLOCK_NEVER;

	if (now < p->overdue_at)
		return p->overdue_at;
	for (size_t i = 0; i < p->limits.most; i++) {
		struct child *c = &p->child[i];

		if (c->pid <= 0 || c->end_at == 0 || c->ended != END_OWN)
			continue;
		if (now >= c->end_at && !moves_on(p, c, now)) {
			late(c);
			pool_end(c, END_OVERDUE);
			continue;
		}
		if (c->end_at < next)
			next = c->end_at;
	}
	p->overdue_at = next < now + LOOK_MS ? now + LOOK_MS : next;
	return p->overdue_at;
}

bool
pool_end_told(struct pool *p, int64_t grace_ms)
{
	struct child *longest = NULL;

	for (size_t i = 0; i < p->limits.most; i++) {
		struct child *c = &p->child[i];

		if (c->state == CHILD_BUSY && c->told_ms != 0 &&
		    c->ended == END_OWN &&
		    (longest == NULL || c->told_ms < longest->told_ms))
			longest = c;
	}
	if (longest == NULL || clock_ms() - longest->told_ms < grace_ms)
		return false;
	pool_end(longest, END_FOR_ROOM);
	return true;
}

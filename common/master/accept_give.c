/*
 * accept_give.c - a client that may come in is given to a child.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/log.h"

/* The sockets to helpers that go with a connection: behind it, in fds. */
static size_t
add_lines(struct master *m, size_t listener, struct hand_over *with, int *fds)
{
	size_t n = 1;

	fds[n] = keeper_line(m, listener, &with->peer);
	with->lines = fds[n] >= 0 ? LINE_KEEPER : 0;
	n += fds[n] >= 0;
	fds[n] = dialler_line(m, listener);
	with->lines |= fds[n] >= 0 ? LINE_DIALLER : 0;
	n += fds[n] >= 0;
	return n;
}

/* Hand over, and count it.  Returns whether the child was there. */
static bool
give(struct master *m, struct child *c, const struct hand_over *with,
    const int *fds)
{
	const struct service *s =
	    m->plan->server->offers[with->service].service;
	int64_t longest = s->longest_ms > 0 ? s->longest_ms : POOL_LIFE_MS;

	/* Counted first: the child may look at the scoreboard at once. */
	pool_scoreboard(m->pool)->accepted = m->accepted + !with->kept;
	if (pool_hand(m->pool, c, with, fds, longest) < 0) {
		pool_scoreboard(m->pool)->accepted = m->accepted;
		/* It is reaped as busy, and its client counted as gone. */
		c->peer = c->client = (struct addr){ 0 };
		log_warn("child %d was gone: %s", (int)c->pid, strerror(errno));
		return false;
	}
	if (!with->kept) {
		m->accepted++;
		pool_scoreboard(m->pool)
		    ->counts.service[with->service]
		    .accepted++;
	}
	return true;
}

struct child *
accept_give(struct master *m, size_t listener, struct hand_over *with, int fd)
{
	size_t tries = pool_idle(m->pool) + 2;
	struct child *c = NULL;
	int fds[HAND_OVER_FDS] = { fd };
	size_t n = add_lines(m, listener, with, fds);
	bool done = false;

	while (!done && tries-- > 0) {
		c = pool_take(m->pool, with->service);
		if (c == NULL)
			break;
		c->listener = listener;
		done = give(m, c, with, fds);
	}
	while (n > 1)
		close(fds[--n]);
	return done ? c : NULL;
}

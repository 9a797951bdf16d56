/*
 * accept_give.c - a client that may come in is given to a child.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/log.h"

/* Hand over, to another child if the first ones have just died. */
struct child *
accept_give(struct master *m, size_t listener, struct hand_over *with, int fd)
{
	const struct offer *o = &m->plan->server->offers[with->service];
	size_t tries = pool_idle(m->pool) + 2;
	int64_t longest =
	    o->service->longest_ms > 0 ? o->service->longest_ms : POOL_LIFE_MS;
	struct child *c = NULL;
	int fds[HAND_OVER_FDS] = { fd };
	size_t n = 1;
	bool done = false;

	fds[n] = keeper_line(m, listener, &with->peer);
	with->lines = fds[n] >= 0 ? LINE_KEEPER : 0;
	n += fds[n] >= 0;
	fds[n] = dialler_line(m, listener);
	with->lines |= fds[n] >= 0 ? LINE_DIALLER : 0;
	n += fds[n] >= 0;

	while (!done && tries-- > 0) {
		c = pool_take(m->pool, with->service);
		if (c == NULL)
			break;
		c->listener = listener;
		/* Counted first: the child may look at the scoreboard at once. */
		pool_scoreboard(m->pool)->accepted = m->accepted + !with->kept;
		done = pool_hand(m->pool, c, with, fds, longest) == 0;
		if (done && with->kept)
			continue;
		if (done) {
			m->accepted++;
			pool_scoreboard(m->pool)
			    ->counts.service[with->service]
			    .accepted++;
			continue;
		}
		pool_scoreboard(m->pool)->accepted = m->accepted;
		/* It is reaped as busy, and its client counted as gone. */
		c->peer = c->client = (struct addr){ 0 };
		log_warn("child %d was gone: %s", (int)c->pid, strerror(errno));
	}
	while (n > 1)
		close(fds[--n]);
	return done ? c : NULL;
}

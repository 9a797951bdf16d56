/*
 * accept_find.c - is there a child for whoever is next?  If not, may the client
 * wait for one?
 */
#include "master/master_inside.h"
#include "system/clock.h"

#define BIRTH_WAIT_MS 50 /* for a child that is on its way */

bool
accept_has_room(const struct master *m, size_t service)
{
	return room_has_share(m, service) &&
	    (pool_idle(m->pool) > 0 ||
		(!pool_is_full(m->pool) &&
		    pool_retry_at(m->pool) == CLOCK_NEVER));
}

/*
 * Nobody is ready, but children are on their way: rather wait for one than
 * fork here, unless that lasts.
 */
bool
accept_awaits_birth(struct master *m)
{
	int64_t now;

	if (m->state != MASTER_OPEN || pool_idle(m->pool) > 0)
		return false;
	/* All who were ready have been taken in this turn. */
	if (pool_coming(m->pool) == 0 && pool_zygote(m->pool) > 0)
		pool_refill(m->pool);
	if (pool_coming(m->pool) == 0 && !pool_expects(m->pool))
		return false;
	now = clock_ms();
	if (m->birth_since == CLOCK_NEVER) {
		m->birth_since = now;
		pool_hurry(m->pool);
	}
	if (now - m->birth_since > BIRTH_WAIT_MS)
		return false;
	accept_pause(m, now + BIRTH_WAIT_MS);
	return true;
}

/*
 * Is there a child for whoever is next?  One is forked before the client is
 * accepted, for if that fails the client may wait.
 */
enum room
accept_find_room(struct master *m, const struct listener *l, bool awaited)
{
	bool room = accept_has_room(m, l->offer);

	if (room_has_share(m, l->offer) && accept_awaits_birth(m))
		return WAIT;
	if (room && pool_idle(m->pool) == 0) {
		if (!awaited && !overload_is_awaited(l))
			return WAIT;
		room = pool_ready(m->pool);
	}
	if (!room && m->state == MASTER_OPEN && overload_may_wait(m, l))
		return WAIT;
	if (room)
		m->full[l->offer].since = CLOCK_NEVER;
	return room ? ROOM : NO_ROOM;
}

enum refusal_kind
accept_no_room(const struct master *m, size_t service)
{
	return pool_is_full(m->pool) || !room_has_share(m, service) ?
	    REFUSED_FULL :
	    REFUSED_NO_PROCESS;
}

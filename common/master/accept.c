/*
 * door.c - accepting: who comes in, and what to do when there are no
 * descriptors left to accept with.  What becomes of the others is in
 * door_full.c, which listeners are watched in door_watch.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/sock.h"

#define ACCEPT_AT_ONCE 32   /* then signals get their turn */
#define BIRTH_WAIT_MS  50   /* for a child that is on its way */
#define PAUSE_MS       10   /* without descriptors, doubled ... */
#define PAUSE_MAX_MS   1000 /* ... up to this */

/* Hand over, to another child if the first ones have just died. */
static bool
admit_one(struct house *h, size_t listener, struct hand_over *with, int fd)
{
	size_t tries = pool_idle(h->pool) + 2;
	struct child *c;

	while (tries-- > 0) {
		c = pool_take(h->pool);
		if (c == NULL)
			return false;
		c->listener = listener;
		/* Counted first: the child may look at the scoreboard at once. */
		pool_scoreboard(h->pool)->accepted = h->accepted + 1;
		if (pool_hand(h->pool, c, with, fd) == 0) {
			h->accepted++;
			return true;
		}
		pool_scoreboard(h->pool)->accepted = h->accepted;
		/* It is reaped as busy, and its client counted as gone. */
		c->peer = (struct addr){ 0 };
		log_warn("child %d was gone: %s", (int)c->pid, strerror(errno));
	}
	return false;
}

/* accept(2) failed: 0 when the others may be tried, -1 when none can. */
static int
accept_failed(struct house *h)
{
	switch (errno) {
	case EAGAIN:
	case EINVAL: /* a unix socket whose door is shut */
		return -1;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		h->pause_ms = h->pause_ms == 0     ? PAUSE_MS :
		    h->pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS :
						     h->pause_ms * 2;
		log_warn("accept: %s; trying again in %lld ms", strerror(errno),
		    (long long)h->pause_ms);
		door_pause(h, clock_ms() + h->pause_ms);
		return -1;
	default:
		/* That one client's network failed, not ours. */
		return 0;
	}
}

static bool
has_room(const struct house *h)
{
	return pool_idle(h->pool) > 0 ||
	    (!pool_is_full(h->pool) && pool_retry_at(h->pool) == CLOCK_NEVER);
}

/*
 * Nobody is ready, but children are on their way: rather wait for one than
 * fork here, unless that lasts.
 */
static bool
await_birth(struct house *h)
{
	int64_t now;

	if (h->state != HOUSE_OPEN || pool_idle(h->pool) > 0 ||
	    pool_coming(h->pool) == 0)
		return false;
	now = clock_ms();
	if (h->birth_since == CLOCK_NEVER) {
		h->birth_since = now;
		pool_hurry(h->pool);
	}
	if (now - h->birth_since > BIRTH_WAIT_MS)
		return false;
	door_pause(h, now + BIRTH_WAIT_MS);
	return true;
}

enum room { NO_ROOM, ROOM, WAIT };

/*
 * Is there a child for whoever is next?  One is forked before the client is
 * accepted, for if that fails the client may wait.
 */
static enum room
find_room(struct house *h, const struct listener *l)
{
	bool room = has_room(h);

	if (await_birth(h))
		return WAIT;
	if (room && pool_idle(h->pool) == 0) {
		if (!door_is_awaited(l))
			return WAIT;
		room = pool_ready(h->pool);
	}
	if (!room && h->state == HOUSE_OPEN && door_may_wait(h, l))
		return WAIT;
	if (room)
		h->full_since = CLOCK_NEVER;
	return room ? ROOM : NO_ROOM;
}

/* Accept one client.  Returns whether to go on. */
static bool
knock_stream(struct house *h, size_t i)
{
	const struct listener *l = &h->plan->listeners->at[i];
	struct hand_over with = { .service = (uint32_t)l->offer,
		.type = SOCK_STREAM };
	enum room room = find_room(h, l);
	socklen_t len = sizeof(with.peer.un);
	char host[ADDR_MAX_TEXT];
	enum verdict verdict;
	int fd;

	if (room == WAIT)
		return false;
	fd = accept4(l->fd, &with.peer.sa, &len, SOCK_CLOEXEC);
	if (fd < 0)
		return accept_failed(h) == 0;
	if (room == ROOM)
		door_make_room(h, l);
	h->pause_ms = 0;
	with.peer.len = len;
	with.accepted_us = clock_us();
	if (room == NO_ROOM) {
		door_turn_away(h, l, fd);
		return true;
	}
	verdict =
	    admit_ask(h->admit, &with.peer, pool_busy(h->pool), clock_ms());
	if (verdict != COME_IN) {
		log_debug(
		    "%s: %s", addr_host(&with.peer, host), admit_word(verdict));
		door_turn_away(h, l, fd);
		return true;
	}
	if (!admit_one(h, i, &with, fd)) {
		admit_left(h->admit, &with.peer, SEEN_FINE, clock_ms());
		door_turn_away(h, l, fd);
		return true;
	}
	close(fd);
	return true;
}

/*
 * A datagram waits.  The socket is lent to a child, which takes exactly one
 * out of it; until it has said so nobody else looks at the socket.
 */
static void
knock_datagram(struct house *h, size_t i)
{
	struct listener *l = &h->plan->listeners->at[i];
	struct hand_over with = { .service = (uint32_t)l->offer,
		.type = SOCK_DGRAM,
		.accepted_us = clock_us() };

	if (await_birth(h))
		return;
	if (!has_room(h)) {
		/* Datagrams may wait, and may be lost: it is their nature. */
		door_pause(h, clock_ms() + DOOR_WAIT_MS);
		return;
	}
	if (!admit_one(h, i, &with, l->fd))
		return;
	door_lend(h, i);
}

static bool
is_enough(struct house *h)
{
	uint64_t most = h->plan->server->serve_at_most;

	if (most == 0 || h->accepted < most)
		return false;
	orders_drain(h, "served as many as were asked for");
	return true;
}

void
door_knock(struct house *h, size_t i)
{
	if (h->plan->listeners->at[i].type == SOCK_DGRAM) {
		knock_datagram(h, i);
		is_enough(h);
		return;
	}
	for (int n = 0; n < ACCEPT_AT_ONCE; n++) {
		/* Only the first is known to wait: nobody yields to a guess. */
		if (n > 0 && !has_room(h))
			return;
		if (!knock_stream(h, i) || is_enough(h))
			return;
	}
}

/* Serve, or tell, all who wait at this listener now. */
static void
empty_backlog(struct house *h, size_t i)
{
	const struct listener *l = &h->plan->listeners->at[i];

	/* A listener that is not ours lives on without us, and so does its
	 * backlog. */
	if (l->type != SOCK_STREAM || !l->ours ||
	    h->plan->server->serve_at_most > 0)
		return;
	sock_shut_door(l->fd);
	while (knock_stream(h, i))
		;
}

void
door_close(struct house *h)
{
	struct listeners *ls = h->plan->listeners;

	h->birth_since = 0; /* no more waiting for births */
	/*
	 * Who is in the backlog has been promised a connection.  Twice, for
	 * those whose handshake was under way when the door was shut.
	 */
	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < ls->n; i++)
			empty_backlog(h, i);
	listeners_close(ls);
}

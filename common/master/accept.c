/*
 * accept.c - accepting: who comes in, and what to do when there are no
 * descriptors left to accept with.  Whether a child is there for them is found
 * in accept_find.c, and it gets them in accept_give.c.  What becomes of the
 * others is in overload.c, which listeners are watched in accept_watch.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/sock.h"
#include "system/narrate.h"
#include "system/network.h"

#define ACCEPT_AT_ONCE 32   /* then signals get their turn */
#define PAUSE_MS       10   /* without descriptors, doubled ... */
#define PAUSE_MAX_MS   1000 /* ... up to this */

/* accept(2) failed: 0 when the others may be tried, -1 when none can. */
static int
accept_failed(struct master *m)
{
	switch (errno) {
	case EAGAIN:
	case EINVAL: /* a unix socket that listens no more */
		return -1;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		m->pause_ms = m->pause_ms == 0     ? PAUSE_MS :
		    m->pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS :
						     m->pause_ms * 2;
		log_warn("accept: %s; trying again in %lld ms", strerror(errno),
		    (long long)m->pause_ms);
		accept_pause(m, clock_ms() + m->pause_ms);
		return -1;
	default:
		/* That one client's network failed, not ours. */
		return 0;
	}
}

bool
accept_judge(struct master *m, size_t service, const struct addr *client,
    enum refusal_kind *why)
{
	static const enum refusal_kind kind_of[] = {
		[TOO_MANY_HERE] = REFUSED_PER_CLIENT,
		[PENALISED] = REFUSED_PENALISED,
		[UNLUCKY] = REFUSED_BY_LOT,
	};
	enum verdict verdict =
	    admit_ask(m->admit, client, room_live(m, service), clock_ms());

	if (verdict != ADMITTED)
		*why = kind_of[verdict];
	return verdict == ADMITTED;
}

/* Whose connection it is, is to be said by the other end. */
static bool
is_from_proxy(
    const struct master *m, const struct listener *l, const struct addr *peer)
{
	const struct server *s = m->plan->server;

	return !s->offers[l->offer].service->direct &&
	    networks_have(&s->options.proxies, peer);
}

/* Can it be left to us, when it is silent? */
static bool
may_rest(const struct master *m, const struct listener *l,
    const struct hand_over *with)
{
	return rest_most(m->rest) > 0 && !l->secure && !with->proxied &&
	    m->plan->server->offers[l->offer].service->rests_ms > 0 &&
	    m->plan->server->serve_at_most == 0 &&
	    with->peer.sa.sa_family != AF_UNIX;
}

/* We have it, too, while the child serves it. */
static void
keep(struct child *c, const struct hand_over *with, int fd)
{
	c->conn = fd;
	c->accepted_us = with->accepted_us;
}

/* May this client come in, and then, who has it?  If not, say why. */
static struct child *
admit(struct master *m, size_t i, struct hand_over *with, int fd,
    enum refusal_kind *why)
{
	const struct listener *l = &m->plan->listeners->at[i];
	struct child *c;

	with->proxied = is_from_proxy(m, l, &with->peer);
	if (!with->proxied && !accept_judge(m, l->offer, &with->peer, why))
		return NULL;
	/* Over TLS a stream of HTTP/2 would wait behind what waits unsent. */
	if (!l->secure && with->peer.sa.sa_family != AF_UNIX)
		sock_share_unsent(fd, pool_busy(m->pool) + 1);
	with->rest_ms =
	    may_rest(m, l, with) ? m->plan->server->options.rest_ms : 0;
	c = accept_give(m, i, with, fd);
	if (c != NULL)
		return c;
	if (!with->proxied)
		admit_left(m->admit, &with->peer, SEEN_FINE, clock_ms());
	*why = accept_no_room(m, l->offer);
	return NULL;
}

/* Accept one client.  Returns whether to go on. */
static bool
accept_stream(struct master *m, size_t i)
{
	const struct listener *l = &m->plan->listeners->at[i];
	struct hand_over with = { .service = (uint32_t)l->offer,
		.type = SOCK_STREAM,
		.secure = l->secure };
	enum room room =
	    paths_are_stale(m, l->offer) ? WAIT : accept_find_room(m, l, false);
	socklen_t len = sizeof(with.peer.un);
	enum refusal_kind refused;
	struct child *c = NULL;
	int fd;

	if (room == WAIT)
		return false;
	fd = accept4(l->fd, &with.peer.sa, &len, SOCK_CLOEXEC);
	if (fd < 0)
		return accept_failed(m) == 0;
	with.peer.len = len;
	narrate(fd, narrate_addr(&with.peer), "accept(%d)", l->fd);
	if (room == ROOM)
		overload_make_room(m, l);
	m->pause_ms = 0;
	with.accepted_us = clock_us();
	if (room == ROOM)
		c = admit(m, i, &with, fd, &refused);
	else
		refused = accept_no_room(m, l->offer);
	if (c == NULL)
		overload_turn_away(m, l, fd, &with.peer, refused);
	else if (with.rest_ms > 0)
		keep(c, &with, fd);
	else
		close(fd);
	return true;
}

int
accept_again(struct master *m, const struct rested *one)
{
	const struct listener *l = &m->plan->listeners->at[one->listener];
	struct hand_over with = { .service = (uint32_t)one->service,
		.type = SOCK_STREAM,
		.kept = true,
		.rest_ms = m->plan->server->options.rest_ms,
		.accepted_us = one->accepted_us,
		.peer = one->peer };
	enum room room =
	    paths_are_stale(m, l->offer) ? WAIT : accept_find_room(m, l, true);
	struct child *c;

	if (room != ROOM)
		return room == WAIT ? 0 : -1;
	overload_make_room(m, l);
	c = accept_give(m, one->listener, &with, one->fd);
	if (c == NULL)
		return -1;
	keep(c, &with, one->fd);
	return 1;
}

/*
 * A datagram waits.  The socket is lent to a child, which takes exactly one
 * out of it; until it has said so nobody else looks at the socket.
 */
static void
accept_datagram(struct master *m, size_t i)
{
	struct listener *l = &m->plan->listeners->at[i];
	struct hand_over with = { .service = (uint32_t)l->offer,
		.type = SOCK_DGRAM,
		.accepted_us = clock_us() };

	if (room_has_share(m, l->offer) && accept_awaits_birth(m))
		return;
	if (!accept_has_room(m, l->offer)) {
		/* Datagrams may wait, and may be lost: it is their nature. */
		accept_pause_service(
		    m, l->offer, clock_ms() + OVERLOAD_WAIT_MS);
		return;
	}
	if (accept_give(m, i, &with, l->fd) == NULL)
		return;
	accept_lend(m, i);
}

bool
accept_is_enough(const struct master *m)
{
	uint64_t most = m->plan->server->serve_at_most;

	return most > 0 && m->accepted >= most;
}

void
accept_waiting(struct master *m, size_t i)
{
	if (m->plan->listeners->at[i].type == SOCK_DGRAM) {
		accept_datagram(m, i);
		return;
	}
	for (int n = 0; n < ACCEPT_AT_ONCE; n++) {
		/* Only the first is known to wait: nobody yields to a guess. */
		if (n > 0 &&
		    !accept_has_room(m, m->plan->listeners->at[i].offer))
			return;
		if (!accept_stream(m, i) || accept_is_enough(m))
			return;
	}
}

/* Serve, or tell, all who wait at this listener now. */
static void
empty_backlog(struct master *m, size_t i)
{
	const struct listener *l = &m->plan->listeners->at[i];

	/* A listener that is not ours lives on without us, and so does its
	 * backlog. */
	if (l->type != SOCK_STREAM || !l->ours ||
	    m->plan->server->serve_at_most > 0)
		return;
	sock_stop_listening(l->fd);
	while (accept_stream(m, i))
		;
}

void
accept_close(struct master *m)
{
	struct listeners *ls = m->plan->listeners;

	m->birth_since = 0; /* no more waiting for births */
	/*
	 * Who is in the backlog has been promised a connection.  Twice, for
	 * those whose handshake was under way when listening ended.
	 */
	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < ls->n; i++)
			empty_backlog(m, i);
	listeners_close(ls);
}

/*
 * pool_hand.c - a child gets its connection; and what else is done with its
 * control socket, and with our descriptor of its connection.
 */
#include <errno.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "master/pool_inside.h"
#include "system/clock.h"
#include "system/fdpass.h"

#define TRY_EVERY_NS 1000000
#define TRIES_MOST   50

void
pool_listen(struct pool *p, struct child *c)
{
	c->heard = true;
	p->birth->watch(p->birth->context, c, c->control);
}

void
pool_hang_up(struct pool *p, struct child *c)
{
	if (c->control < 0)
		return;
	/* A child that is being born may have a copy: end the watch by hand. */
	if (c->heard)
		p->birth->unwatch(p->birth->context, c->control);
	close(c->control);
	c->control = -1;
}

void
pool_let_go(struct pool *p, struct child *c)
{
	pool_hang_up(p, c);
	c->look_ms = 0;
	pool_bound(p, c, clock_ms() + POOL_LEAVE_MS);
}

/*
 * As many descriptors as we may have open may be on their way at a time
 * (unix(7), ETOOMANYREFS).  That is no fault of the child's, and over as soon
 * as the zygote has read its orders.
 */
static int
send_when_possible(const struct child *c, const struct hand_over *h,
    const int *fds, size_t count)
{
	const struct timespec soon = { .tv_nsec = TRY_EVERY_NS };
	int tries = TRIES_MOST;
	int done;

	while ((done = fdpass_send_fds(c->control, h, sizeof(*h), fds, count)) <
		0 &&
	    errno == ETOOMANYREFS && tries-- > 0)
		nanosleep(&soon, NULL);
	return done;
}

int
pool_hand(struct pool *p, struct child *c, const struct hand_over *h,
    const int fds[HAND_OVER_FDS], int64_t longest_ms)
{
	size_t count = 1;
	int done;

	count += (h->lines & LINE_KEEPER) != 0;
	count += (h->lines & LINE_DIALLER) != 0;
	/* It will say when it has taken the datagram, or whose it is. */
	if ((h->type == SOCK_DGRAM || h->proxied) && !c->heard)
		pool_listen(p, c);
	/* All is written down first: the child may look at the scoreboard at once. */
	c->peer = h->peer;
	c->client = h->peer;
	if (h->proxied)
		c->client = (struct addr){ 0 };
	c->unnamed = h->proxied != 0;
	c->reading = h->type == SOCK_DGRAM;
	c->served++;
	c->moved = 0;
	c->look_ms = h->type == SOCK_DGRAM ? 0 :
	    longest_ms < POOL_MOVES_MS     ? longest_ms :
					     POOL_MOVES_MS;
	pool_bound(p, c,
	    clock_ms() +
		(h->type == SOCK_DGRAM ? POOL_DATAGRAM_MS : longest_ms));
	pool_show(p, c);
	done = send_when_possible(c, h, fds, count);
	p->pause_ms = POOL_FORK_PAUSE_MS;
	/* One life, one connection: there is nothing left to say to it. */
	if (!c->heard || done < 0)
		pool_hang_up(p, c);
	if (done < 0)
		pool_bound(p, c, clock_ms() + POOL_LEAVE_MS);
	return done;
}

void
pool_end_conn(struct child *c)
{
	if (c->conn >= 0)
		close(c->conn);
	c->conn = -1;
}

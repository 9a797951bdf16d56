/*
 * brood_hand.c - a connection, from the master's accepting to its child.
 */
#include "fuzzrig/brood_hand.h"

#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzzrig/brood.h"
#include "fuzzrig/brood_master.h"
#include "fuzzrig/brood_truth.h"
#include "fuzzrig/must.h"
#include "system/clock.h"
#include "system/fdpass.h"

static struct addr
peer(unsigned i)
{
	struct addr a = { .len = sizeof(a.in),
		.in = { .sin_family = AF_INET, .sin_addr = { 1 + i % 2 } } };

	return a;
}

/* The child reads it, as it would; the descriptors are of no use here. */
static void
receive(const struct brood *s)
{
	struct hand_over got;
	int fds[HAND_OVER_FDS];

	must(fdpass_receive_fds(
		 s->end, &got, sizeof(got), fds, HAND_OVER_FDS) == 1);
	close(fds[0]);
}

/* It had hung up; its client, who would get another child, goes. */
static void
was_gone(struct master *m, struct brood *s, struct child *c, bool judged)
{
	if (judged)
		admit_left(m->admit, &c->peer, SEEN_FINE, clock_ms());
	c->peer = c->client = (struct addr){ 0 };
	s->kind = BROOD_STREAM;
	s->owes = false;
}

void
brood_hand(struct master *m, unsigned kind, unsigned from)
{
	int fds[HAND_OVER_FDS] = { m->epoll };
	struct hand_over with = { .type = kind == BROOD_DATAGRAM ? SOCK_DGRAM :
								   SOCK_STREAM,
		.proxied = kind == BROOD_PROXIED };
	size_t listener = kind == BROOD_DATAGRAM;
	bool judged = kind == BROOD_STREAM || kind == BROOD_KEPT;
	struct child *c;
	struct brood *s;

	if (m->plan->listeners->at[listener].lent)
		return;
	if (kind != BROOD_DATAGRAM)
		with.peer = peer(from);
	if (judged && !brood_master_admit(&with.peer))
		return;
	c = pool_take(m->pool, 0);
	if (c == NULL) {
		if (judged)
			admit_left(m->admit, &with.peer, SEEN_FINE, clock_ms());
		return;
	}
	c->listener = listener;
	s = brood_of(c->pid);
	must(s != NULL && !s->busy);
	s->handed++;
	s->busy = true;
	if (pool_hand(m->pool, c, &with, fds, 1000) < 0) {
		was_gone(m, s, c, judged);
		return;
	}
	must(!s->killed);
	receive(s);
	s->kind = kind;
	s->owes = kind == BROOD_DATAGRAM || kind == BROOD_PROXIED;
	if (kind == BROOD_DATAGRAM)
		accept_lend(m, listener);
	if (kind == BROOD_KEPT)
		c->conn = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

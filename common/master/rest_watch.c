/*
 * rest_watch.c - connections that no process serves: taken from a child that
 * has ended, watched, handed to another child when they wake.
 *
 * The master has kept its own descriptor of such a connection since accept(2);
 * none ever comes from a child.  A child says that the connection may rest by
 * the code with which it ends (CONDUCT_RESTS), which the kernel hands to us
 * when the process is no more: whoever says so can use the socket no longer,
 * be it of good will or taken over.  When the connection was last used is
 * asked of the kernel.  What the client sends is for the next child: only
 * whether there is something is looked at here.
 */
#include <errno.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/child.h"
#include "master/master_inside.h"
#include "system/clock.h"
#include "system/image.h"
#include "system/log.h"

#define LOOK_AGAIN_MS 20 /* for room, while somebody waits for it */

/* For each child: its control socket, its channel, its connection, and what
 * goes to it. */
#define FDS_A_CHILD 4

static size_t
room_for(const struct master *m)
{
	struct rlimit l;
	uint64_t others = 2 * IMAGE_HIGH_FD +
	    FDS_A_CHILD * m->plan->server->options.max_children;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0 || l.rlim_cur <= others)
		return 0;
	return l.rlim_cur - others < REST_MOST ? l.rlim_cur - others :
						 REST_MOST;
}

void
rest_watch_open(struct master *m)
{
	m->rest = rest_new(room_for(m));
	if (m->rest == NULL)
		die(EXIT_OSERR, "the master cannot begin: %s", strerror(errno));
	if (m->plan->server->options.rest_ms > 0 && rest_most(m->rest) == 0)
		log_warn("--rest: no connection rests, for there are too few "
			 "descriptors (ulimit -n)");
}

static void
show(struct master *m)
{
	pool_scoreboard(m->pool)->resting = rest_count(m->rest);
}

/* It is no longer ours to watch; say whose it was. */
static struct rested
forget(struct master *m, uint32_t i)
{
	struct rested was = *rest_at(m->rest, i);

	epoll_ctl(m->epoll, EPOLL_CTL_DEL, was.fd, NULL);
	rest_remove(m->rest, i);
	show(m);
	return was;
}

static void
count_end(struct master *m, const struct rested *was)
{
	pool_scoreboard(m->pool)
	    ->counts.service[was->service]
	    .ended[ENDED_FINE]++;
	admit_left(m->admit, &was->peer, SEEN_FINE, clock_ms());
}

/* The client is told that nothing more is sent, and may hear of it. */
static void
end(struct master *m, uint32_t i)
{
	struct rested was = forget(m, i);

	count_end(m, &was);
	refusal_say(m->refusal, was.fd, (struct slice)SLICE(""));
}

/* How long ago anything moved, as the kernel knows; -1: it does not. */
static int64_t
silent_ms(int fd)
{
	struct tcp_info t = { 0 };
	socklen_t len = sizeof(t);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &t, &len) < 0)
		return -1;
	return t.tcpi_last_data_recv < t.tcpi_last_data_sent ?
	    t.tcpi_last_data_recv :
	    t.tcpi_last_data_sent;
}

bool
rest_watch_add(struct master *m, const struct rested *one)
{
	struct epoll_event ev = { .events =
				      EPOLLIN | EPOLLRDHUP | EPOLLONESHOT };
	uint32_t i = rest_oldest(m->rest);

	if (rest_count(m->rest) >= rest_most(m->rest) && i != REST_NONE)
		end(m, i);
	i = rest_add(m->rest, one);
	if (i == REST_NONE)
		return false;
	ev.data.u64 = master_tag(TAG_REST, i);
	if (epoll_ctl(m->epoll, EPOLL_CTL_ADD, one->fd, &ev) < 0) {
		rest_remove(m->rest, i);
		return false;
	}
	show(m);
	return true;
}

void
rest_watch_take(struct master *m, struct child *c)
{
	const struct service *s = m->plan->server->offers[c->service].service;
	struct rested one = { .fd = c->conn,
		.listener = c->listener,
		.service = c->service,
		.accepted_us = c->accepted_us,
		.peer = c->client };
	int64_t silent = silent_ms(one.fd);

	c->conn = -1;
	one.until_ms = clock_ms() + s->rests_ms - silent;
	if (m->state == MASTER_OPEN && silent >= 0 && silent < s->rests_ms &&
	    rest_watch_add(m, &one))
		return;
	count_end(m, &one);
	refusal_say(m->refusal, one.fd, (struct slice)SLICE(""));
}

void
rest_watch_woke(struct master *m, uint32_t i, uint32_t events)
{
	const struct rested *one = rest_at(m->rest, i);
	struct rested was;
	int waits = 0;

	/* It may have been closed by what came just before. */
	if (one->fd < 0 || one->awake)
		return;
	if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
		was = forget(m, i);
		count_end(m, &was);
		close(was.fd);
		return;
	}
	/* It sends no more, and has sent nothing: no process need hear that. */
	if ((events & EPOLLRDHUP) != 0 &&
	    ioctl(one->fd, FIONREAD, &waits) == 0 && waits == 0) {
		end(m, i);
		return;
	}
	rest_wake(m->rest, i, clock_ms());
}

/* Give it to a child, or tell it that there is none.  Returns whether it is
 * off our hands. */
static bool
give(struct master *m, uint32_t i)
{
	struct rested one = *rest_at(m->rest, i);
	const struct listener *l = &m->plan->listeners->at[one.listener];
	int given;

	/* Some are let in when a child ends, and look again then. */
	if (m->accept_paused || m->full[one.service].until != 0)
		return false;
	given = accept_again(m, &one);
	if (given > 0) {
		forget(m, i);
		return true;
	}
	if (given == 0 || clock_ms() - one.woke_ms < OVERLOAD_WAIT_MS)
		return false;
	one = forget(m, i);
	count_end(m, &one);
	overload_turn_away(m, l, one.fd, &one.peer, REFUSED_FULL);
	return true;
}

void
rest_watch_give(struct master *m)
{
	bool waits[SERVICE_MAX] = { false };
	uint32_t i = rest_first_awake(m->rest), next;

	for (; i != REST_NONE; i = next) {
		size_t service = rest_at(m->rest, i)->service;

		next = rest_next_awake(m->rest, i);
		if (m->state != MASTER_OPEN)
			end(m, i);
		else if (!waits[service])
			waits[service] = !give(m, i);
	}
}

int64_t
rest_watch_due(struct master *m)
{
	int64_t now = clock_ms(), next = CLOCK_NEVER;
	uint32_t i;

	rest_watch_give(m);
	while ((i = rest_oldest(m->rest)) != REST_NONE) {
		next = rest_at(m->rest, i)->until_ms;
		if (now < next)
			break;
		next = CLOCK_NEVER;
		end(m, i);
	}
	if (rest_first_awake(m->rest) != REST_NONE &&
	    now + LOOK_AGAIN_MS < next)
		next = now + LOOK_AGAIN_MS;
	return next;
}

void
rest_watch_end_all(struct master *m)
{
	uint32_t i;

	while ((i = rest_oldest(m->rest)) != REST_NONE)
		end(m, i);
	rest_watch_give(m);
}

/*
 * proxy_tunnel.c - WebSocket: bytes both ways, until one end has had enough.
 *
 * Neither way waits for the other: one that is not taken is held back in its
 * buffer, and with it the end it comes from.
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "httpd/proxy_call.h"
#include "service/service.h"
#include "system/clock.h"

#define STUCK_MS \
	30000 /* nobody takes what is there; or the other end's
			* good-bye */
#define LOOK_MS 30000

struct tunnel {
	struct conn *c;
	struct proxy_call *call;
	short in_awaits, out_awaits; /* c->awaits of either way */
	bool moved;
	bool shut; /* the upstream knows that the client has ended */
	int64_t moved_at;
};

static bool
is_nothing(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* From the client to the upstream.  Returns -1 when it is over. */
static int
go_up(struct tunnel *t)
{
	struct conn *c = t->c;
	ssize_t n;

	if (c->in.n == 0 && !c->eof) {
		n = conn_fill_now(c);
		t->in_awaits = c->awaits;
		if (n == CONN_ERROR && !is_nothing())
			return -1;
	}
	if (c->in.n > 0) {
		n = send(
		    t->call->fd, c->in.p, c->in.n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			return is_nothing() ? 0 : -1;
		buf_eat(&c->in, (size_t)n);
		t->moved = true;
	}
	if (c->in.n == 0 && c->eof && !t->shut) {
		shutdown(t->call->fd, SHUT_WR);
		t->shut = t->moved = true;
	}
	return 0;
}

/* And back. */
static int
go_down(struct tunnel *t)
{
	struct proxy_call *call = t->call;
	ssize_t n;

	if (call->in.n == 0)
		proxy_hear(call);
	if (call->in.n > 0) {
		n = conn_send_now(t->c, buf_slice(&call->in));
		t->out_awaits = t->c->awaits;
		if (n < 0)
			return is_nothing() ? 0 : -1;
		buf_eat(&call->in, (size_t)n);
		t->moved = true;
	}
	return call->in.n == 0 && call->ended ? -1 : 0;
}

static int
wait_for_either(struct tunnel *t)
{
	struct proxy_call *call = t->call;
	struct conn *c = t->c;
	struct pollfd p[2] = { { .events = 0 }, { .fd = -1 } };

	if (c->in.n == 0 && !c->eof)
		p[0].events |= t->in_awaits;
	if (call->in.n > 0)
		p[0].events |= t->out_awaits;
	else
		p[1].events |= POLLIN;
	if (c->in.n > 0)
		p[1].events |= POLLOUT;
	/* Of one that we want nothing from we would hear again and again that
	 * it is gone. */
	if (p[1].events != 0)
		p[1].fd = call->fd;
	conn_deadline(c, 2 * LOOK_MS);
	if (conn_wait_any(c, p, 2, LOOK_MS, true) < 0)
		return -1;
	/* Nothing can be said to who has gone both ways.  What he has said and the
	 * upstream does not take is not waited for, either. */
	if ((p[0].revents & (POLLERR | POLLHUP)) != 0 &&
	    (c->eof || c->in.n > 0))
		return -1;
	return 0;
}

/* Has something that is to be taken lain there for too long? */
static bool
is_stuck(const struct tunnel *t)
{
	return (t->c->in.n > 0 || t->call->in.n > 0 || t->shut) &&
	    clock_ms() - t->moved_at >= STUCK_MS;
}

int
proxy_tunnel(struct conn *c, void *own)
{
	struct tunnel t = { .c = c,
		.call = own,
		.in_awaits = POLLIN,
		.out_awaits = POLLOUT,
		.moved_at = clock_ms() };

	for (;;) {
		t.moved = false;
		if (go_up(&t) < 0)
			return CONDUCT_GONE;
		if (go_down(&t) < 0)
			return CONDUCT_FINE;
		if (t.moved) {
			t.moved_at = clock_ms();
			continue;
		}
		if (is_stuck(&t))
			return t.call->in.n > 0 ? CONDUCT_SLOW : CONDUCT_FINE;
		if (wait_for_either(&t) < 0)
			return CONDUCT_FINE;
	}
}

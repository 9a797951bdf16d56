/*
 * dial.c - connections to elsewhere: a child's side of the socket to the
 * dialler.
 *
 * Calls of one connection (streams of HTTP/2) share the socket, so whoever
 * looks takes the answers of all.
 */
#include "conn/dial.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "system/fdpass.h"

#define ALONE_MS  (DIAL_MS + 2000) /* it is always answered */
#define SHARED_MS 50               /* another call may take our answer */

static struct dial *waiting; /* of this process, which has one connection */
static uint32_t last_ticket;

static void
hang_up(struct conn *c)
{
	close(c->dialler);
	c->dialler = -1;
	c->dials = 0;
}

int
dial_begin(struct conn *c, struct dial *d, unsigned place)
{
	struct dial_ask ask = { .place = place };

	*d = (struct dial){ .fd = -1 };
	if (c->dialler < 0) {
		errno = ENOTCONN;
		return -1;
	}
	if (c->dials == DIAL_AT_ONCE) {
		errno = EAGAIN;
		return -1;
	}
	if (++last_ticket == 0)
		last_ticket = 1;
	ask.ticket = last_ticket;
	if (fdpass_send(c->dialler, &ask, sizeof(ask), -1) < 0) {
		hang_up(c);
		errno = ENOTCONN;
		return -1;
	}
	c->dials++;
	d->ticket = ask.ticket;
	d->next = waiting;
	waiting = d;
	return 0;
}

static void
unlink_dial(struct dial *d)
{
	for (struct dial **at = &waiting; *at != NULL; at = &(*at)->next)
		if (*at == d) {
			*at = d->next;
			return;
		}
}

/* Whose answer is it?  Who has forgotten the call wants no descriptor. */
static void
give(const struct dial_answer *a, int fd)
{
	for (struct dial *d = waiting; d != NULL; d = d->next) {
		if (d->ticket != a->ticket || d->done)
			continue;
		d->done = true;
		d->fd = a->error == 0 ? fd : -1;
		d->error = a->error == 0 && fd < 0 ? EMFILE : a->error;
		if (a->error == 0)
			return;
		break;
	}
	if (fd >= 0)
		close(fd);
}

/* The dialler has gone: nobody will be answered. */
static void
give_up(struct conn *c)
{
	hang_up(c);
	for (struct dial *d = waiting; d != NULL; d = d->next)
		if (!d->done) {
			d->done = true;
			d->error = ENOTCONN;
		}
}

bool
dial_hear(struct conn *c, struct dial *d)
{
	struct dial_answer answer;
	int fd, got = 1;

	while (!d->done && c->dialler >= 0 && got > 0) {
		got = fdpass_receive(c->dialler, &answer, sizeof(answer), &fd);
		if (got > 0) {
			c->dials -= c->dials > 0;
			give(&answer, fd);
		} else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
			give_up(c);
		}
	}
	if (c->dialler < 0 && !d->done) {
		d->done = true;
		d->error = ENOTCONN;
	}
	if (d->done)
		unlink_dial(d);
	return d->done;
}

int64_t
dial_ms(void)
{
	return waiting != NULL && waiting->next != NULL ? SHARED_MS : ALONE_MS;
}

void
dial_forget(struct dial *d)
{
	if (d->ticket == 0)
		return;
	unlink_dial(d);
	d->ticket = 0;
}

/*
 * proxy_wire.c - what goes out to an upstream and comes in from it, without
 * waiting.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/num.h"
#include "httpd/proxy_call.h"
#include "httpd/site.h"
#include "system/clock.h"

#define READ_MAX   32768 /* of an answer, at once */
#define BODY_MS    1000  /* a look at how long the client takes */
#define FOREVER_MS REPLY_WAKE_MS

/* It has done something: its time begins anew. */
static void
moved(struct proxy_call *c)
{
	c->until_ms = clock_ms() + site.proxy_timeout_ms;
}

/* ---- out ---- */

/* What the upstream keeps waiting is not the client's delay. */
static void
taken(struct proxy_call *c)
{
	moved(c);
	if (c->held_at != 0)
		web_body_held(c->x, clock_ms() - c->held_at);
	c->held_at = 0;
}

static void
stop_sending(struct proxy_call *c)
{
	c->deaf = true;
	buf_free(&c->out);
	c->out_at = 0;
}

/* Returns whether all that was there has been sent. */
static bool
flush(struct proxy_call *c)
{
	while (c->out_at < c->out.n) {
		ssize_t n = send(c->fd, c->out.p + c->out_at,
		    c->out.n - c->out_at, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0) {
			c->out_at += (size_t)n;
			taken(c);
		} else if (errno == EAGAIN) {
			if (c->held_at == 0)
				c->held_at = clock_ms();
			return false;
		} else if (errno != EINTR) {
			/* It may have answered all the same. */
			stop_sending(c);
			return false;
		}
	}
	buf_clear(&c->out);
	c->out_at = 0;
	return true;
}

static void
add_body(struct proxy_call *c, struct slice data)
{
	bool chunked = c->x->r->body.kind != HTTP_BODY_LENGTH;
	char digits[NUM_MAX_TEXT];

	c->said = data.n == 0;
	if (chunked && data.n == 0) {
		buf_addz(&c->out, "0\r\n\r\n");
		return;
	}
	if (chunked) {
		buf_add(&c->out, digits, num_hex_text(data.n, digits));
		buf_addz(&c->out, "\r\n");
	}
	buf_adds(&c->out, data);
	if (chunked)
		buf_addz(&c->out, "\r\n");
}

int
proxy_send(struct proxy_call *c)
{
	while (!c->deaf && flush(c) && !c->said) {
		struct slice data;
		int status = web_body_now(c->x, &data);

		if (status == WEB_BODY_LATER) {
			moved(c); /* it is not the upstream that waits */
			return 0;
		}
		if (status < 0)
			return status;
		add_body(c, data);
		if (c->out.failed) {
			errno = ENOMEM;
			return CONN_ERROR;
		}
	}
	return 0;
}

unsigned
proxy_send_waits(const struct proxy_call *c)
{
	if (c->deaf)
		return 0;
	if (c->out_at < c->out.n)
		return REPLY_WAKE_ROOM;
	return c->said ? 0 : REPLY_WAKE_BODY;
}

/* ---- in ---- */

bool
proxy_hear(struct proxy_call *c)
{
	size_t room = c->in.max - c->in.n;
	ssize_t got;
	char *to;

	if (room > READ_MAX)
		room = READ_MAX;
	if (c->ended || room == 0)
		return false;
	to = buf_room(&c->in, room);
	if (to == NULL) {
		c->ended = true;
		c->error = ENOMEM;
		return false;
	}
	got = recv(c->fd, to, room, MSG_DONTWAIT);
	if (got > 0) {
		buf_grew(&c->in, (size_t)got);
		moved(c);
		return true;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	c->ended = true;
	c->error = got < 0 ? errno : 0;
	return false;
}

int64_t
proxy_patience(struct proxy_call *c)
{
	int64_t left;

	if (c->until_ms == CLOCK_NEVER)
		moved(c);
	left = c->events ? FOREVER_MS : clock_left_ms(c->until_ms);
	if ((proxy_send_waits(c) & REPLY_WAKE_BODY) != 0 && left > BODY_MS)
		left = BODY_MS;
	return left;
}

void
proxy_done(void *own)
{
	struct proxy_call *c = own;

	dial_forget(&c->dial);
	if (c->fd >= 0)
		close(c->fd);
	buf_free(&c->out);
	buf_free(&c->in);
	free(c);
}

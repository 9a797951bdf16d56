/*
 * proxied.c - a connection that a proxy passes on.
 *
 * What follows the header is not ours to read: it may be the beginning of TLS.
 * So bytes are looked at first, and only those of the header are taken.
 */
#include "conn/proxied.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "bytes/ascii.h"
#include "conn/conn.h"
#include "grammar/proxy_protocol.h"
#include "system/clock.h"

static struct proxied said; /* a process serves one connection at a time */

static struct addr
address(enum proxy_family family, const uint8_t *at, unsigned port)
{
	struct addr a = { 0 };

	switch (family) {
	case PROXY_V4:
		a.len = sizeof(a.in);
		a.in.sin_family = AF_INET;
		memcpy(&a.in.sin_addr, at, sizeof(a.in.sin_addr));
		break;
	case PROXY_V6:
		a.len = sizeof(a.in6);
		a.in6.sin6_family = AF_INET6;
		memcpy(&a.in6.sin6_addr, at, sizeof(a.in6.sin6_addr));
		break;
	case PROXY_UNIX:
		a.len = offsetof(struct sockaddr_un, sun_path);
		a.un.sun_family = AF_UNIX;
		return a;
	case PROXY_UNKNOWN:
		return a;
	}
	addr_set_port(&a, port);
	return a;
}

/* For logs: what could do harm there is left out, what has no room is cut. */
static void
keep(struct slice s, char *to, size_t size)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' ||
		    s.p[i] == '\\')
			s.n = 0;
	if (s.n >= size)
		s.n = size - 1;
	memcpy(to, s.p != NULL ? s.p : "", s.n);
	to[s.n] = '\0';
}

static void
believe(struct conn *c, const struct proxy_header *h)
{
	said = (struct proxied){ .by = c->peer,
		.named = h->family != PROXY_UNKNOWN,
		.tls = h->tls };
	keep(h->tls_version, said.tls_version, sizeof(said.tls_version));
	keep(h->authority, said.authority, sizeof(said.authority));
	keep(h->alpn, said.alpn, sizeof(said.alpn));
	keep(h->unique_id, said.unique_id, sizeof(said.unique_id));
	if (h->certified)
		keep(
		    h->common_name, said.common_name, sizeof(said.common_name));
	c->proxied = &said;
	if (!said.named)
		return;
	c->peer = address(h->family, h->from, h->from_port);
	c->local = address(h->family, h->to, h->to_port);
}

/*
 * Look at what is there beyond the n bytes that were taken, and take what
 * belongs to the header.  Returns what proxy_header() says of it all, or 1
 * when the other end sends no more.
 */
static long
look(struct conn *c, char *in, size_t *n, struct proxy_header *h)
{
	ssize_t got = recv(
	    c->fd, in + *n, PROXY_HEADER_MAX - *n, MSG_PEEK | MSG_DONTWAIT);
	size_t take;
	long status;

	if (got == 0)
		return 1;
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : CONN_ERROR;
	status = proxy_header((struct slice){ in, *n + (size_t)got }, h);
	if (status < 0)
		return PROXIED_FAULT + status;
	take = status == 0 ? (size_t)got : (size_t)status - *n;
	if (recv(c->fd, in + *n, take, MSG_DONTWAIT) != (ssize_t)take)
		return CONN_ERROR; /* what was there once is there again */
	*n += take;
	return status;
}

static long
await(struct conn *c, char *in, size_t *n, struct proxy_header *h)
{
	for (;;) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };
		long status = look(c, in, n, h);
		int left = clock_left_ms(c->deadline);

		if (status != 0)
			return status;
		if (left == 0)
			return CONN_TIMEOUT;
		if (poll(&p, 1, left) < 0 && errno != EINTR)
			return CONN_ERROR;
	}
}

int
proxied_take(struct conn *c, const char **why)
{
	static char in[PROXY_HEADER_MAX];
	struct proxy_header h;
	size_t n = 0;
	long status;

	conn_deadline(c, PROXIED_MS);
	status = await(c, in, &n, &h);
	if (status == 1 && n == 0)
		return 0;
	*why = status == CONN_TIMEOUT ?
	    "its PROXY header was not complete in time" :
	    status == 1          ? "it ended within its PROXY header" :
	    status == CONN_ERROR ? "it was lost before its PROXY header" :
				   proxy_why(status - PROXIED_FAULT);
	if (status == 1)
		return CONN_ERROR;
	if (status < 0)
		return (int)status;
	believe(c, &h);
	return 1;
}

bool
proxied_is_secure(const struct conn *c)
{
	return c->secure || (c->proxied != NULL && c->proxied->tls);
}

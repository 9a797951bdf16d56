/*
 * link.c - the connection to a server, kept for the next URL when it can be.
 */
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "system/clock.h"
#include "system/resolve.h"

/* Both ends, as the kernel knows them: what the class prints. */
static void
tell_ends(struct link *l)
{
	const struct addr *local = conn_local(&l->c); /* getsockname(2) */
	struct addr peer;
	char text[ADDR_MAX_TEXT];

	if (local->len > 0)
		fprintf(stderr, "Connected from %s %u\n",
		    addr_host(local, text), addr_port(local));
	if (addr_of_peer(l->c.fd, &peer) == 0) /* getpeername(2) */
		fprintf(stderr, "Connected to %s %u\n", addr_host(&peer, text),
		    addr_port(&peer));
}

/*
 * May the connection carry another request?  A server that has closed it in
 * the meantime, or said something that nobody asked for, shows in the socket.
 */
static bool
still_good(const struct link *l)
{
	char byte;

	return recv(l->c.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	    errno == EAGAIN;
}

void
link_close(struct link *l)
{
	if (l->open)
		conn_drop(&l->c);
	l->open = false;
}

/* "unix:PATH" or the host of the URL; false if it does not fit. */
static bool
write_host(const struct task *t, char *host, size_t size)
{
	int n;

	if (t->opt->socket_path != NULL)
		n = snprintf(host, size, "unix:%s", t->opt->socket_path);
	else
		n = snprintf(host, size, "%.*s", SLICE_FMT(t->url.host));
	return n > 0 && (size_t)n < size;
}

/* socket(2) and connect(2), to one address of the host after the other. */
static int
open_new(struct link *l, const struct task *t)
{
	int64_t deadline = clock_ms() + t->opt->connect_ms;
	struct addr to;
	const char *why;
	char port[16];
	int fd;

	if (t->deadline < deadline)
		deadline = t->deadline;
	snprintf(port, sizeof(port), "%u", l->port);
	fd = resolve_connect(l->host, port, SOCK_STREAM, deadline, &to, &why);
	if (fd < 0 && to.len == 0)
		return fail(
		    t->opt->socket_path != NULL ? EXIT_CONNECT : EXIT_RESOLVE,
		    "look up %s: %s", l->host, why);
	addr_text(&to, l->name);
	if (fd < 0)
		return fail(errno == ETIMEDOUT ? EXIT_TIME : EXIT_CONNECT,
		    "connect to %s: %s", l->name, why);
	conn_init(&l->c, fd, SOCK_STREAM, &to, clock_us());
	l->open = true;
	l->reused = l->cut = false;
	if (t->opt->verbose)
		tell_ends(l);
	return 0;
}

int
link_open(struct link *l, const struct task *t)
{
	char host[sizeof(l->host)];

	if (!write_host(t, host, sizeof(host)))
		return fail(EXIT_URL, "%.*s: host name too long",
		    SLICE_FMT(buf_slice(&t->text)));
	if (l->open && l->port == t->url.port &&
	    slice_ieq(slice_of(l->host), slice_of(host)) && still_good(l)) {
		l->reused = true;
		if (t->opt->verbose)
			fprintf(stderr, "Connection to %s kept\n", l->name);
		return 0;
	}
	link_close(l);
	memcpy(l->host, host, sizeof(host));
	l->port = t->url.port;
	return open_new(l, t);
}

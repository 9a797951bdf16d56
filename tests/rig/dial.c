/*
 * dial.c - sockets of every kind: connect, listen, pairs.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rig/wait.h"
#include "rig/wire.h"
#include "system/addr.h"

#define BACKLOG 1024

/*
 * Take apart what a ready line says.  Apart from addr_listen() on purpose.
 */
static void
parse(const char *text, struct addr *a, int *type)
{
	const char *colon = strrchr(text, ':');
	char host[128];
	unsigned port;

	memset(a, 0, sizeof(*a));
	*type = SOCK_STREAM;
	if (strncmp(text, "unix:", 5) == 0) {
		a->un.sun_family = AF_UNIX;
		snprintf(
		    a->un.sun_path, sizeof(a->un.sun_path), "%s", text + 5);
		a->len = sizeof(a->un);
		return;
	}
	if (colon == NULL)
		rig_die("not an address: %s", text);
	if (strncmp(text, "udp:", 4) == 0) {
		*type = SOCK_DGRAM;
		text += 4;
	}
	port = (unsigned)strtoul(colon + 1, NULL, 10);
	if (*text == '[') {
		snprintf(host, sizeof(host), "%.*s", (int)(colon - text - 2),
		    text + 1);
		a->len = sizeof(a->in6);
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_port = htons((in_port_t)port);
		if (inet_pton(AF_INET6, host, &a->in6.sin6_addr) == 1)
			return;
	}
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	a->len = sizeof(a->in);
	a->in.sin_family = AF_INET;
	a->in.sin_port = htons((in_port_t)port);
	if (inet_pton(AF_INET, host, &a->in.sin_addr) != 1)
		rig_die("not an address: %s", text);
}

static void
bind_source(int fd, const char *source)
{
	struct addr a;
	char text[80];
	int type;

	snprintf(text, sizeof(text),
	    strchr(source, ':') != NULL ? "[%s]:0" : "%s:0", source);
	parse(text, &a, &type);
	if (bind(fd, &a.sa, a.len) != 0)
		rig_die("bind to %s: %s", source, strerror(errno));
}

static int
dial(const char *source, const char *address, int window, int traced)
{
	struct addr a;
	int type, fd, one = 1, error;

	parse(address, &a, &type);
	fd = socket(a.sa.sa_family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		rig_die("socket: %s", strerror(errno));
	if (source != NULL)
		bind_source(fd, source);
	if (window > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
	if (traced)
		setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one));
	if (a.sa.sa_family != AF_UNIX && type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	while (connect(fd, &a.sa, a.len) != 0) {
		if (errno == EINTR)
			continue;
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

int
rig_connect(const char *address)
{
	return dial(NULL, address, 0, 0);
}

int
rig_connect_narrow(const char *address)
{
	return dial(NULL, address, 1, 0);
}

int
rig_connect_traced(const char *address)
{
	return dial(NULL, address, 0, 1);
}

int
rig_connect_from(const char *source, const char *address)
{
	return dial(source, address, 0, 0);
}

int
rig_connect_port(unsigned port)
{
	char text[32];

	snprintf(text, sizeof(text), "127.0.0.1:%u", port);
	return rig_connect(text);
}

static int
bound(const char *address, int type, unsigned *port)
{
	struct addr a;
	int got, fd;

	parse(address, &a, &got);
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, &a.sa, a.len) != 0 ||
	    getsockname(fd, &a.sa, &a.len) != 0)
		rig_die("no socket to be had: %s", strerror(errno));
	*port = ntohs(a.in.sin_port);
	return fd;
}

int
rig_refusing(unsigned *port)
{
	return bound("127.0.0.1:0", SOCK_STREAM, port);
}

int
rig_refusing_udp(unsigned *port)
{
	int fd = rig_bind_udp(port);
	struct sockaddr_in itself = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((in_port_t)*port) };

	/* It is nobody else's from now on. */
	if (connect(fd, (struct sockaddr *)&itself, sizeof(itself)) != 0)
		rig_die("connect: %s", strerror(errno));
	return fd;
}

int
rig_listen(unsigned *port)
{
	int fd = rig_refusing(port);

	if (listen(fd, BACKLOG) != 0)
		rig_die("listen: %s", strerror(errno));
	return fd;
}

int
rig_bind_udp(unsigned *port)
{
	return rig_bind_udp_at("127.0.0.1:0", port);
}

int
rig_bind_udp_at(const char *address, unsigned *port)
{
	return bound(address, SOCK_DGRAM, port);
}

void
rig_pair(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		rig_die("socketpair: %s", strerror(errno));
}

void
rig_tcp_pair(int ends[2])
{
	unsigned port;
	int listener = rig_listen(&port);

	ends[0] = rig_connect_port(port);
	ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (ends[0] < 0 || ends[1] < 0)
		rig_die("no TCP connection: %s", strerror(errno));
	close(listener);
}

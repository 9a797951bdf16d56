/*
 * addr.c - addresses of sockets, as people write them and as the kernel takes
 * them.
 */
#include "system/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "bytes/num.h"
#include "bytes/slice.h"

static struct addr
from_in4(uint32_t host, unsigned port)
{
	struct addr a = { .len = sizeof(a.in) };

	a.in.sin_family = AF_INET;
	a.in.sin_addr.s_addr = htonl(host);
	a.in.sin_port = htons((in_port_t)port);
	return a;
}

static struct addr
from_in6(const struct in6_addr *host, unsigned port)
{
	struct addr a = { .len = sizeof(a.in6) };

	a.in6.sin6_family = AF_INET6;
	a.in6.sin6_addr = *host;
	a.in6.sin6_port = htons((in_port_t)port);
	return a;
}

static int
from_unix(struct slice path, struct addr *a, const char **why)
{
	*a = (struct addr){ 0 };
	a->un.sun_family = AF_UNIX;
	if (path.n == 0) {
		*why = "no path behind unix:";
		return -1;
	}
	if (slice_copy(path, a->un.sun_path, sizeof(a->un.sun_path)) < 0) {
		*why = "the path is too long for a unix socket (107 bytes)";
		return -1;
	}
	a->len =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.n + 1);
	return 1;
}

/* Cut text into host and port; a missing host is left empty. */
static int
split(struct slice text, struct slice *host, uint64_t *port, const char **why)
{
	const char *colon = slice_rfind(text, ':');
	struct slice digits = text;

	*host = (struct slice){ NULL, 0 };
	if (colon != NULL) {
		*host = slice_between(text.p, colon);
		digits = slice_between(colon + 1, text.p + text.n);
		if (host->n == 0) {
			*why = "no host before the colon";
			return -1;
		}
	}
	if (num_within(digits, 0, 65535, port) != NUM_OK) {
		*why = "the port must be a number from 0 to 65535";
		return -1;
	}
	if (slice_starts(*host, "[")) {
		if (host->n < 3 || host->p[host->n - 1] != ']') {
			*why = "an IPv6 address is written [ADDRESS]:PORT";
			return -1;
		}
		*host = (struct slice){ host->p + 1, host->n - 2 };
		if (slice_find(*host, ':') == NULL) {
			*why = "only an IPv6 address stands in brackets";
			return -1;
		}
	} else if (slice_find(*host, ':') != NULL) {
		*why = "an IPv6 address is written [ADDRESS]:PORT";
		return -1;
	}
	return 0;
}

static int
look_up(struct slice host, unsigned port, struct addr found[ADDR_MAX_FOUND],
    const char **why)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE };
	struct addrinfo *list, *one;
	char name[256];
	int error, n = 0;

	if (slice_copy(host, name, sizeof(name)) < 0) {
		*why = "the host name is too long";
		return -1;
	}
	error = getaddrinfo(name, NULL, &hints, &list);
	if (error != 0) {
		*why =
		    error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error);
		errno = ENOENT;
		return -1;
	}
	for (one = list; one != NULL && n < ADDR_MAX_FOUND;
	     one = one->ai_next) {
		if (one->ai_family != AF_INET && one->ai_family != AF_INET6)
			continue;
		found[n] = (struct addr){ .len = one->ai_addrlen };
		memcpy(&found[n].sa, one->ai_addr, one->ai_addrlen);
		addr_set_port(&found[n++], port);
	}
	freeaddrinfo(list);
	if (n > 0)
		return n;
	*why = "the host has no IPv4 or IPv6 address";
	errno = ENOENT;
	return -1;
}

/* Of an address that needs no looking up: 1, and 0 for a name. */
static int
read_host(struct slice host, unsigned port, struct addr *a)
{
	struct in6_addr in6;
	struct in_addr in;
	char text[256];

	if (slice_copy(host, text, sizeof(text)) < 0)
		return 0;
	if (inet_pton(AF_INET, text, &in) == 1)
		*a = from_in4(ntohl(in.s_addr), port);
	else if (inet_pton(AF_INET6, text, &in6) == 1)
		*a = from_in6(&in6, port);
	else
		return 0;
	return 1;
}

bool
addr_is_name(const char *text)
{
	struct slice host;
	const char *why;
	struct addr a;
	uint64_t port;

	return strncmp(text, "unix:", 5) != 0 &&
	    split(slice_of(text), &host, &port, &why) == 0 && host.n > 0 &&
	    !slice_is(host, "*") && read_host(host, 0, &a) == 0;
}

int
addr_listen(
    const char *text, struct addr found[ADDR_MAX_FOUND], const char **why)
{
	struct slice all = slice_of(text), host;
	uint64_t port;

	errno = EINVAL;
	if (slice_starts(all, "unix:"))
		return from_unix(slice_from(all, 5), &found[0], why);
	if (split(all, &host, &port, why) < 0)
		return -1;
	if (host.n == 0) {
		found[0] = from_in4(INADDR_LOOPBACK, (unsigned)port);
		found[1] = from_in6(&in6addr_loopback, (unsigned)port);
		return 2;
	}
	if (slice_is(host, "*")) {
		found[0] = from_in4(INADDR_ANY, (unsigned)port);
		found[1] = from_in6(&in6addr_any, (unsigned)port);
		return 2;
	}
	if (read_host(host, (unsigned)port, &found[0]) == 1)
		return 1;
	return look_up(host, (unsigned)port, found, why);
}

static bool
is_mapped(const struct addr *a)
{
	return a->sa.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr);
}

/* As inet_ntop(3) does, which drags printf into each child. */
static const char *
text_of_in4(const void *address, char *text)
{
	const unsigned char *byte = address;
	char *to = text;

	for (int i = 0; i < 4; i++) {
		to += num_text(byte[i], to);
		*to++ = '.';
	}
	to[-1] = '\0';
	return text;
}

const char *
addr_host(const struct addr *a, char text[ADDR_MAX_TEXT])
{
	const char *done = NULL;

	if (a->len == 0)
		done = NULL;
	else if (a->sa.sa_family == AF_UNIX)
		done = strcpy(text, "unix");
	else if (a->sa.sa_family == AF_INET)
		done = text_of_in4(&a->in.sin_addr, text);
	else if (is_mapped(a))
		done = text_of_in4(&a->in6.sin6_addr.s6_addr[12], text);
	else if (a->sa.sa_family == AF_INET6)
		done =
		    inet_ntop(AF_INET6, &a->in6.sin6_addr, text, ADDR_MAX_TEXT);
	return done != NULL ? done : strcpy(text, "unknown");
}

const char *
addr_text(const struct addr *a, char text[ADDR_MAX_TEXT])
{
	char host[ADDR_MAX_TEXT];
	size_t path = offsetof(struct sockaddr_un, sun_path);

	addr_host(a, host);
	if (a->len == 0)
		return strcpy(text, host);
	if (a->sa.sa_family != AF_UNIX) {
		snprintf(text, ADDR_MAX_TEXT,
		    strchr(host, ':') != NULL ? "[%.64s]:%u" : "%.64s:%u", host,
		    addr_port(a));
		return text;
	}
	/* A client's unix socket has no path; an abstract one begins with NUL. */
	if (a->len <= path || a->un.sun_path[0] == '\0')
		return strcpy(text, "unix:");
	snprintf(text, ADDR_MAX_TEXT, "unix:%.*s", (int)(a->len - path),
	    a->un.sun_path);
	return text;
}

unsigned
addr_port(const struct addr *a)
{
	if (a->len != 0 && a->sa.sa_family == AF_INET)
		return ntohs(a->in.sin_port);
	if (a->len != 0 && a->sa.sa_family == AF_INET6)
		return ntohs(a->in6.sin6_port);
	return 0;
}

void
addr_set_port(struct addr *a, unsigned port)
{
	if (a->sa.sa_family == AF_INET)
		a->in.sin_port = htons((in_port_t)port);
	else if (a->sa.sa_family == AF_INET6)
		a->in6.sin6_port = htons((in_port_t)port);
}

bool
addr_is_loopback(const struct addr *a)
{
	if (a->len == 0 || a->sa.sa_family == AF_UNIX)
		return true;
	if (a->sa.sa_family == AF_INET)
		return ntohl(a->in.sin_addr.s_addr) >> 24 == 127;
	if (is_mapped(a))
		return a->in6.sin6_addr.s6_addr[12] == 127;
	return a->sa.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr);
}

static int
ask(int (*what)(int, struct sockaddr *, socklen_t *), int fd, struct addr *a)
{
	*a = (struct addr){ .len = 0 };
	socklen_t len = sizeof(a->un);

	if (what(fd, &a->sa, &len) < 0)
		return -1;
	a->len = len;
	return 0;
}

int
addr_of_local(int fd, struct addr *a)
{
	return ask(getsockname, fd, a);
}

int
addr_of_peer(int fd, struct addr *a)
{
	return ask(getpeername, fd, a);
}

void
addr_tell_ends(const struct addr *local, const struct addr *peer)
{
	char text[ADDR_MAX_TEXT];

	if (local->len > 0)
		fprintf(stderr, "Connected from %s %u\n",
		    addr_host(local, text), addr_port(local));
	if (peer->len > 0)
		fprintf(stderr, "Connected to %s %u\n", addr_host(peer, text),
		    addr_port(peer));
}

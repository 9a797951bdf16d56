/*
 * resolve.c - from names to addresses, for the clients.
 */
#include "system/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>

#include "bytes/ascii.h"
#include "bytes/num.h"
#include "system/clock.h"
#include "system/narrate.h"
#include "system/sock.h"

#define HOST_MAX NI_MAXHOST /* the longest name that is asked for, and a NUL */

static int
fail(int error, const char *reason, const char **why)
{
	*why = reason;
	errno = error;
	return -1;
}

/*
 * The port that a service stands for, or -1.  Digits are read here and not
 * by getaddrinfo(3), which takes 65616 for 80 and "-1" for 65535.
 */
static int
port_of(const char *service, int type)
{
	const char *transport = type == SOCK_DGRAM ? "udp" : "tcp";
	struct servent *known;
	uint64_t port;

	if (ascii_is(service[0], ASCII_DIGIT) &&
	    num_decimal(slice_of(service), &port) != NUM_BAD)
		return port >= 1 && port <= 65535 ? (int)port : -1;
	known = getservbyname(service, transport);
	if (known == NULL)
		narrate_words("NULL", "getservbyname(\"%s\", \"%s\")", service,
		    transport);
	else
		narrate(ntohs((uint16_t)known->s_port), NULL,
		    "getservbyname(\"%s\", \"%s\")", service, transport);
	return known == NULL ? -1 : ntohs((uint16_t)known->s_port);
}

/* The address of unix:PATH. */
static int
path_address(const char *path, struct addr *a, const char **why)
{
	size_t n = strlen(path);

	*a = (struct addr){ 0 };
	if (n == 0)
		return fail(EINVAL, "empty socket path", why);
	if (n >= sizeof(a->un.sun_path))
		return fail(EINVAL, "socket path too long", why);
	a->un.sun_family = AF_UNIX;
	memcpy(a->un.sun_path, path, n + 1);
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
	return 1;
}

/* Copy what getaddrinfo(3) found, as far as it is IP and there is room. */
static int
take(const struct addrinfo *list, int port, struct addr *found)
{
	const struct addrinfo *ai;
	int n = 0;

	for (ai = list; ai != NULL && n < ADDR_MAX_FOUND; ai = ai->ai_next) {
		if (ai->ai_family != AF_INET && ai->ai_family != AF_INET6)
			continue;
		found[n] = (struct addr){ .len = ai->ai_addrlen };
		memcpy(&found[n].sa, ai->ai_addr, ai->ai_addrlen);
		addr_set_port(&found[n], (unsigned)port);
		n++;
	}
	return n;
}

/* Why getaddrinfo(3) failed, in errno's terms. */
static int
name_error(int code)
{
	switch (code) {
	case EAI_AGAIN:
	case EAI_MEMORY:
	case EAI_SYSTEM:
		return EAGAIN;
	default:
		return ENOENT;
	}
}

int
resolve(const char *host, const char *service, int type,
    struct addr found[ADDR_MAX_FOUND], const char **why)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = type };
	struct addrinfo *list;
	struct slice name = slice_of(host);
	char text[HOST_MAX];
	int port, code, n;

	if (slice_starts(name, "unix:"))
		return path_address(host + strlen("unix:"), found, why);
	port = port_of(service, type);
	if (port < 0)
		return fail(EINVAL, "unknown service or bad port", why);
	if (slice_starts(name, "[") && slice_ends(name, "]")) {
		name = (struct slice){ name.p + 1, name.n - 2 };
		hints.ai_flags = AI_NUMERICHOST;
	}
	if (slice_copy(name, text, sizeof(text)) < 0)
		return fail(ENOENT, "name too long", why);
	code = getaddrinfo(text, NULL, &hints, &list);
	if (code != 0)
		narrate_words(gai_strerror(code), "getaddrinfo(\"%s\")", text);
	if (code != 0)
		return fail(name_error(code), gai_strerror(code), why);
	n = take(list, port, found);
	freeaddrinfo(list);
	for (int i = 0; i < n; i++)
		narrate_words(narrate_addr(&found[i]), "getaddrinfo(\"%s\")%s",
		    text, i == 0 ? "" : ", the next");
	return n > 0 ? n : fail(ENOENT, "no address of a known family", why);
}

/* Until when may one address be tried, when others wait behind it? */
static int64_t
fair_part(int64_t deadline, int others)
{
	int64_t now;

	if (deadline == CLOCK_NEVER)
		return CLOCK_NEVER;
	now = clock_ms();
	return now >= deadline ? deadline :
				 now + (deadline - now) / (others + 1);
}

int
resolve_connect(const char *host, const char *service, int type,
    int64_t deadline, struct addr *to, const char **why)
{
	struct addr found[ADDR_MAX_FOUND];
	int i, n, fd;

	*to = (struct addr){ 0 };
	n = resolve(host, service, type, found, why);
	if (n < 0) {
		errno = ENOENT;
		return -1;
	}
	for (i = 0; i < n; i++) {
		*to = found[i];
		fd = sock_connect(to, type, fair_part(deadline, n - 1 - i));
		if (fd >= 0)
			return fd;
	}
	*why = strerrordesc_np(errno);
	return -1;
}

/*
 * places.c - where there is to connect to, and its addresses.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bytes/num.h"
#include "dialler/dialler.h"
#include "grammar/uri.h"

#define GOOD_MS 10000 /* what was found is used for so long ... */
#define BAD_MS  1000  /* ... and that nothing was */

static struct place places[DIAL_PLACES_MAX];
static size_t count;

static void
add_address(struct place *p, const struct addr *a)
{
	if (p->count < DIALLER_ADDRESSES)
		p->found[p->count++] = *a;
}

/* Servers that are told "localhost" listen on the one or the other. */
static void
add_loopbacks(struct place *p)
{
	struct addr six = { .len = sizeof(six.in6),
		.in6 = { .sin6_family = AF_INET6,
		    .sin6_addr = IN6ADDR_LOOPBACK_INIT } };
	struct addr four = { .len = sizeof(four.in),
		.in = { .sin_family = AF_INET,
		    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) } };

	addr_set_port(&six, p->port);
	addr_set_port(&four, p->port);
	add_address(p, &six);
	add_address(p, &four);
}

static bool
is_local(struct slice host)
{
	static const char below[] = ".localhost";
	size_t n = sizeof(below) - 1;

	return slice_iis(host, "localhost") ||
	    (host.n > n && slice_iis(slice_from(host, host.n - n), below));
}

static bool
add_literal(struct place *p, const char *host)
{
	struct addr a = { .len = sizeof(a.in),
		.in = { .sin_family = AF_INET } };
	struct addr a6 = { .len = sizeof(a6.in6),
		.in6 = { .sin6_family = AF_INET6 } };

	if (inet_pton(AF_INET, host, &a.in.sin_addr) == 1) {
		addr_set_port(&a, p->port);
		add_address(p, &a);
	} else if (inet_pton(AF_INET6, host, &a6.in6.sin6_addr) == 1) {
		addr_set_port(&a6, p->port);
		add_address(p, &a6);
	}
	return p->count > 0;
}

int
places_add(const char *text, const char **why)
{
	struct place p = { .text = text, .resolver = -1 };
	struct slice host, port;
	char name[NI_MAXHOST], digits[NUM_MAX_TEXT];
	uint64_t number;

	*why = "not HOST:PORT";
	if (count == DIAL_PLACES_MAX) {
		*why = "too many of them";
		return -1;
	}
	if (uri_host(slice_of(text), &host, &port) < 0 || host.n == 0 ||
	    num_within(port, 1, 65535, &number) != NUM_OK ||
	    slice_copy(host, name, sizeof(name)) < 0)
		return -1;
	p.port = (uint16_t)number;
	num_text(number, digits);
	if (is_local(host))
		add_loopbacks(&p);
	else if (!add_literal(&p, name)) {
		p.resolver = resolver_start(name, digits);
		*why = "its look-ups cannot be made";
		if (p.resolver < 0)
			return -1;
	}
	places[count++] = p;
	return 0;
}

size_t
places_count(void)
{
	return count;
}

struct place *
places_at(size_t i)
{
	return i < count ? &places[i] : NULL;
}

bool
places_know(struct place *p, int64_t now_ms)
{
	if (p->resolver < 0 || now_ms < p->good_until)
		return true;
	if (!p->asked)
		p->asked =
		    send(p->resolver, "?", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
	return false;
}

/*
 * Who looks names up hears the network: it is believed a host, and no other
 * port or kind of socket than this place has.  Returns how many are left.
 */
static size_t
keep_hosts(struct place *p, const struct resolver_answer *a)
{
	p->count = 0;
	for (size_t i = 0; i < a->count; i++) {
		struct addr one = a->found[i];

		if (one.sa.sa_family == AF_INET)
			one.len = sizeof(one.in);
		else if (one.sa.sa_family == AF_INET6)
			one.len = sizeof(one.in6);
		else
			continue;
		addr_set_port(&one, p->port);
		add_address(p, &one);
	}
	return p->count;
}

bool
places_hear(struct place *p, int64_t now_ms)
{
	struct resolver_answer a;
	ssize_t got = recv(p->resolver, &a, sizeof(a), MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got != (ssize_t)sizeof(a) || a.count > DIALLER_ADDRESSES)
		return false;
	p->asked = false;
	p->error = a.error;
	if (a.error != 0)
		p->count = 0;
	else if (keep_hosts(p, &a) == 0)
		p->error = ENOENT;
	p->good_until = now_ms + (a.error == 0 ? GOOD_MS : BAD_MS);
	return true;
}

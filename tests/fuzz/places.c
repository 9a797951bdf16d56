/*
 * places.c - any bytes as what the process says that looks a name up for the
 * dialler.
 *
 * That process hears the network.  The input is answers, each with its length
 * before it.  Properties: an answer of another size, or with more addresses
 * than there can be, ends it; else the place has as many as it may, of hosts
 * alone, at its own port, each of the right length; no address and no error do
 * not come together; and it is asked again once what was said is old.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dialler/dialler.h"
#include "fuzzrig/must.h"
#include "system/fdpass.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define PORT 8080
#define OLD  1000000 /* ms */

static void
check(const struct place *p)
{
	must(p->count <= DIALLER_ADDRESSES);
	must((p->count > 0) == (p->error == 0));
	for (size_t i = 0; i < p->count; i++) {
		const struct addr *a = &p->found[i];

		must(a->sa.sa_family == AF_INET ? a->len == sizeof(a->in) :
						  a->sa.sa_family == AF_INET6 &&
			    a->len == sizeof(a->in6));
		must(addr_port(a) == PORT);
	}
}

/* It is asked at most once, until it answers. */
static void
ask(struct place *p, int end, int64_t now)
{
	char word;

	must(!places_know(p, now) && !places_know(p, now));
	must(recv(end, &word, 1, MSG_DONTWAIT) == 1);
	must(recv(end, &word, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
}

/* One answer.  Returns how much of the input it took; 0: that ended it. */
static size_t
answer(struct place *p, int end, const uint8_t *data, size_t size, int64_t now)
{
	struct resolver_answer a = { .error = data[0] % 4 == 3 ? EAGAIN : 0,
		.count = data[1] };
	size_t n = size - 2 < sizeof(a.found) ? size - 2 : sizeof(a.found);
	size_t said = data[0] % 32 == 8 ? (size_t)data[1] + 1 : sizeof(a);
	bool fine = said == sizeof(a) && a.count <= DIALLER_ADDRESSES;

	memcpy(a.found, data + 2, n);
	ask(p, end, now);
	must(said <= sizeof(a));
	must(send(end, &a, said, 0) == (ssize_t)said);
	must(places_hear(p, now) == fine);
	if (!fine)
		return 0;
	check(p);
	must(places_know(p, now));
	return n + 2;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct place p = { .text = "far.example:8080", .port = PORT };
	int64_t now = OLD;
	size_t took = 1;
	int ends[2];

	must(fdpass_pair(ends) == 0);
	p.resolver = ends[0];
	for (; took > 0 && size > 2; now += OLD) {
		took = answer(&p, ends[1], data, size, now);
		data += took;
		size -= took;
	}
	if (took > 0)
		must(places_hear(&p, now));
	close(ends[1]);
	must(!places_hear(&p, now));
	close(ends[0]);
	return 0;
}

/*
 * inherit.c - listeners that come from systemd or from ourselves before a
 * reload, and those that we pass on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "bytes/num.h"
#include "service/listeners.h"
#include "system/io.h"
#include "system/log.h"
#include "system/sock.h"

#define FIRST_FD 3                 /* SD_LISTEN_FDS_START */
#define OURS     "BERTH_LISTENERS" /* set when it was we who passed them on */

static uint64_t
number_in(const char *name)
{
	const char *text = getenv(name);
	uint64_t value = 0;

	if (text != NULL)
		num_within(slice_of(text), 0, INT32_MAX, &value);
	return value;
}

/* Which offer is meant by this name, for a socket of this type? */
static size_t
match(const struct server *s, struct slice name, int type, int fd)
{
	size_t found = 0, count = 0;

	for (size_t i = 0; i < s->offer_count; i++) {
		const struct offer *o = &s->offers[i];

		if (type == SOCK_DGRAM && !o->datagrams)
			continue;
		if (slice_is(name, o->service->name))
			return i;
		found = i;
		count++;
	}
	if (count != 1)
		die(EXIT_CONFIG,
		    "LISTEN_FDNAMES: no service of ours takes "
		    "descriptor %d, \"%.*s\"",
		    fd, SLICE_FMT(name));
	return found;
}

static void
take(struct listeners *ls, const struct server *s, struct slice name, int fd)
{
	struct listener l = { .ours = getenv(OURS) != NULL };
	int flags;

	if (!sock_is_listener(fd) || ls->n == LISTENERS_MAX)
		die(EXIT_CONFIG, "LISTEN_FDS: descriptor %d is no listener",
		    fd);
	l.type = sock_type(fd);
	l.offer = match(s, name, l.type, fd);
	flags = fcntl(fd, F_GETFL);
	l.fd = fcntl(fd, F_DUPFD_CLOEXEC, IO_HIGH_FD);
	if (flags < 0 || l.fd < 0 ||
	    fcntl(l.fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    addr_of_local(l.fd, &l.addr) < 0)
		die(EXIT_OSERR, "LISTEN_FDS: descriptor %d: %s", fd,
		    strerror(errno));
	close(fd);
	ls->at[ls->n++] = l;
}

size_t
listeners_inherit(struct listeners *ls, const struct server *s)
{
	uint64_t n = number_in("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	struct slice rest = slice_of(names);

	if (number_in("LISTEN_PID") != (uint64_t)getpid())
		n = 0;
	for (uint64_t i = 0; i < n; i++)
		take(ls, s, slice_cut(&rest, ':'), FIRST_FD + (int)i);
	/* Children and what they exec must not take them for theirs. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	unsetenv(OURS);
	return ls->n;
}

static int
set_number(const char *name, uint64_t value)
{
	char text[NUM_MAX_TEXT];

	num_text(value, text);
	return setenv(name, text, 1);
}

int
listeners_bequeath(const struct listeners *ls, const struct server *s)
{
	struct buf names;
	bool ours = false;
	int done = -1, high[LISTENERS_MAX];

	buf_init(&names, 4096);
	/* First up, then down: so that none is overwritten before its turn. */
	for (size_t i = 0; i < ls->n; i++) {
		high[i] = fcntl(ls->at[i].fd, F_DUPFD_CLOEXEC, IO_HIGH_FD);
		if (high[i] < 0)
			goto out;
	}
	for (size_t i = 0; i < ls->n; i++) {
		const struct listener *l = &ls->at[i];

		if (dup2(high[i], FIRST_FD + (int)i) < 0)
			goto out;
		if (i > 0)
			buf_addc(&names, ':');
		buf_addz(&names, s->offers[l->offer].service->name);
		ours = ours || l->ours;
	}
	if (buf_str(&names) != NULL &&
	    setenv("LISTEN_FDNAMES", buf_str(&names), 1) == 0 &&
	    set_number("LISTEN_FDS", ls->n) == 0 &&
	    set_number("LISTEN_PID", (uint64_t)getpid()) == 0 &&
	    (!ours || setenv(OURS, "1", 1) == 0))
		done = 0;
out:
	buf_free(&names);
	return done;
}

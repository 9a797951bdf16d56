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
#include "master/listeners.h"
#include "system/io.h"
#include "system/log.h"
#include "system/sock.h"
#include "system/image.h"

static uint64_t
number_in(const char *name)
{
	const char *text = getenv(name);
	uint64_t value = 0;

	if (text != NULL)
		num_within(slice_of(text), 0, INT32_MAX, &value);
	return value;
}

/* Which offer is meant by this name, for a socket of this type?  And is it
 * offered there over TLS? */
static size_t
match(const struct server *s, struct slice name, int type, int fd, bool *secure)
{
	size_t found = 0, count = 0;

	for (size_t i = 0; i < s->offer_count; i++) {
		const struct offer *o = &s->offers[i];

		if (type == SOCK_DGRAM && !o->datagrams)
			continue;
		if (slice_is(name, o->service->name))
			return i;
		if (type == SOCK_STREAM && s->keeper >= 0 &&
		    o->service->secure_name != NULL &&
		    slice_is(name, o->service->secure_name)) {
			*secure = true;
			return i;
		}
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
	struct listener l = { .ours = getenv(IMAGE_OURS) != NULL };
	int flags;

	if (!sock_is_listener(fd) || ls->n == LISTENERS_MAX)
		die(EXIT_CONFIG, "LISTEN_FDS: descriptor %d is no listener",
		    fd);
	l.type = sock_type(fd);
	l.offer = match(s, name, l.type, fd, &l.secure);
	flags = fcntl(fd, F_GETFL);
	l.fd = fcntl(fd, F_DUPFD_CLOEXEC, IMAGE_HIGH_FD);
	if (flags < 0 || l.fd < 0 ||
	    fcntl(l.fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    addr_of_local(l.fd, &l.addr) < 0)
		die(EXIT_OSERR, "LISTEN_FDS: descriptor %d: %s", fd,
		    strerror(errno));
	if (l.ours && l.addr.sa.sa_family == AF_UNIX)
		l.file = listener_path_look(&l.addr);
	close(fd);
	ls->at[ls->n++] = l;
}

/* Children and what they exec must not take them for theirs. */
static void
forget_announcement(void)
{
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	unsetenv(IMAGE_OURS);
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
		take(ls, s, slice_cut(&rest, ':'), IMAGE_LISTEN_FD + (int)i);
	forget_announcement();
	return ls->n;
}

static int
set_number(const char *name, uint64_t value)
{
	char text[NUM_MAX_TEXT];

	num_text(value, text);
	return setenv(name, text, 1);
}

/* "http:smtp", one for each listener. */
static int
set_names(const struct listeners *ls, const struct server *s)
{
	struct buf names;
	int done = -1;

	buf_init(&names, 4096);
	for (size_t i = 0; i < ls->n; i++) {
		if (i > 0)
			buf_addc(&names, ':');
		buf_addz(&names, listeners_name(&ls->at[i], s));
	}
	if (buf_str(&names) != NULL)
		done = setenv("LISTEN_FDNAMES", buf_str(&names), 1);
	buf_free(&names);
	return done;
}

int
listeners_bequeath(const struct listeners *ls, const struct server *s,
    const int *more, size_t count, struct io_row *row)
{
	int fds[LISTENERS_MAX + LISTENERS_MORE], saved;
	bool ours = false;

	for (size_t i = 0; i < ls->n; i++) {
		fds[i] = ls->at[i].fd;
		ours = ours || ls->at[i].ours;
	}
	memcpy(&fds[ls->n], more, count * sizeof(*more));
	if (io_row_make(row, IMAGE_LISTEN_FD, fds, ls->n + count) < 0)
		return -1;
	if (set_names(ls, s) == 0 && set_number("LISTEN_FDS", ls->n) == 0 &&
	    set_number("LISTEN_PID", (uint64_t)getpid()) == 0 &&
	    (!ours || setenv(IMAGE_OURS, "1", 1) == 0))
		return 0;
	saved = errno;
	listeners_take_back(row);
	errno = saved;
	return -1;
}

void
listeners_take_back(struct io_row *row)
{
	io_row_undo(row);
	forget_announcement();
}

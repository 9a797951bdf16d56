/*
 * crowd.c - many clients at a time who are all slow in the same way.
 */
#include "rig/crowd.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "rig/look.h"
#include "rig/wait.h"
#include "rig/wire.h"
#include "conn/conn.h"
#include "system/clock.h"

#define EARLY_MS 300  /* before the deadline: all must be there */
#define LATE_MS  4000 /* behind it, beside the drain: for a busy machine */
#define LOOK_MS  50

void
rig_crowd_open(struct rig_crowd *c, size_t most, enum rig_crowd_habit habit)
{
	struct rlimit files;

	*c = (struct rig_crowd){ .most = most, .habit = habit };
	c->fd = calloc(most, sizeof(*c->fd));
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	if (c->fd == NULL || setrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur < most + 100)
		rig_die("no room for a crowd of %zu", most);
}

void
rig_crowd_add(struct rig_crowd *c, int fd)
{
	if (fd < 0)
		rig_die("client %zu of a crowd: %s", c->n, strerror(errno));
	if (c->n == c->most)
		rig_die("a crowd has no more than %zu", c->most);
	if (c->n == 0)
		c->first_ms = clock_ms();
	c->fd[c->n++] = fd;
}

/* A second has passed. */
static void
tick(const struct rig_crowd *c)
{
	char byte = 'x';

	for (size_t i = 0; i < c->n; i++) {
		ssize_t done = 0;

		if (c->habit == RIG_CROWD_SENDS)
			done = send(
			    c->fd[i], &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		else if (c->habit == RIG_CROWD_READS)
			done = recv(c->fd[i], &byte, 1, MSG_DONTWAIT);
		(void)done; /* its connection may have ended */
	}
}

/* Let them go on until then, or until master has no more than few children. */
static size_t
go_on(const struct rig_crowd *c, pid_t master, size_t few, int64_t until)
{
	static int64_t next;
	size_t children;

	do {
		if (clock_ms() >= next) {
			tick(c);
			next = clock_ms() + 1000;
		}
		rig_pause_ms(LOOK_MS);
		children = rig_children(master, NULL, 0);
	} while (clock_ms() < until && children > few);
	return children;
}

size_t
rig_crowd_outlast(
    struct rig_crowd *c, pid_t master, size_t spare, int64_t deadline_ms)
{
	int64_t until = c->first_ms + deadline_ms - EARLY_MS, all_here;
	size_t children;

	if (!rig_children_become(master, c->n, c->n + spare))
		return 0;
	all_here = clock_ms();
	children = go_on(c, master, c->n - 1, until);
	/* What was seen too late says nothing. */
	if (children < c->n && clock_ms() < c->first_ms + deadline_ms) {
		rig_fail("only %zu processes are left before the deadline",
		    children);
		return 0;
	}
	until = all_here + deadline_ms + CONN_LINGER_MS + LATE_MS;
	children = go_on(c, master, spare, until);
	if (children <= spare)
		return c->n;
	rig_fail("%zu processes are left behind the deadline", children);
	return children - spare < c->n ? c->n - (children - spare) : 0;
}

size_t
rig_crowd_ended(const struct rig_crowd *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct pollfd p = { .fd = c->fd[i], .events = POLLRDHUP };

		n += poll(&p, 1, 0) > 0;
	}
	return n;
}

void
rig_crowd_leave(struct rig_crowd *c)
{
	for (size_t i = 0; i < c->n; i++)
		rig_reset(c->fd[i]);
	free(c->fd);
	*c = (struct rig_crowd){ 0 };
}

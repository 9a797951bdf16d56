/*
 * reload_state.c - what one image of the master leaves to the next: it is
 * written here, and taken in reload_state_take.c.
 */
#include "master/reload_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "master/master_inside.h"
#include "master/reload_state_inside.h"
#include "system/image.h"
#include "system/io.h"

static struct reload_head
describe(const struct master *m)
{
	const struct scoreboard_head *b = pool_scoreboard(m->pool);

	return (struct reload_head){ .magic = RELOAD_STATE_MAGIC,
		.child_size = sizeof(struct child_record),
		.memory_size = sizeof(struct admit_memory),
		.helper_size = sizeof(struct helper_record),
		.rest_size = sizeof(struct rest_record),
		.has_worked = m->has_worked,
		.started_ms = b->started_ms,
		.accepted = m->accepted,
		.turned_away = b->turned_away,
		.crashed = b->crashed,
		.reloads = b->reloads + 1,
		.counts = b->counts };
}

/* What stays open in the next image, and whether it is a copy; and it does
 * not. */
static struct passed {
	int fd;
	bool copy;
} * passed;
static size_t passed_count;

static int
pass_on(int fd)
{
	struct passed *more;
	int on;

	if (fd < 0)
		return -1;
	more = reallocarray(passed, passed_count + 1, sizeof(*more));
	if (more == NULL)
		return -1;
	passed = more;
	/* No copy where none is needed: there may be many. */
	if (fd >= IMAGE_HIGH_FD)
		on = fcntl(fd, F_SETFD, 0) == 0 ? fd : -1;
	else
		on = fcntl(fd, F_DUPFD, IMAGE_HIGH_FD);
	if (on >= 0)
		passed[passed_count++] = (struct passed){ on, on != fd };
	return on;
}

void
reload_state_take_back(void)
{
	while (passed_count > 0) {
		const struct passed *p = &passed[--passed_count];

		if (p->copy)
			close(p->fd);
		else
			fcntl(p->fd, F_SETFD, FD_CLOEXEC);
	}
}

static uint32_t
add_children(struct buf *b, const struct master *m)
{
	uint32_t n = 0;

	for (size_t i = 0; i < pool_size(m->pool); i++) {
		const struct child *c = pool_child(m->pool, i);
		struct child_record r;

		if (c->state != CHILD_BUSY)
			continue;
		memset(&r, 0, sizeof(r));
		r.pid = c->pid;
		r.log = pass_on(c->log);
		r.conn = pass_on(c->conn);
		r.accepted_us = c->accepted_us;
		r.listener = (uint32_t)c->listener;
		r.told = c->told;
		r.served = c->served;
		r.since_ms = c->since_ms;
		r.end_at = c->end_at;
		r.look_ms = c->look_ms;
		r.moved = c->moved;
		r.told_ms = c->told_ms;
		r.peer = c->peer;
		r.client = c->client;
		buf_add(b, &r, sizeof(r));
		n++;
	}
	return n;
}

static uint32_t
add_helpers(struct buf *b, const struct master *m)
{
	uint32_t n = 0;

	for (size_t i = 0; i < m->helper_count; i++) {
		const struct helper *h = &m->helpers[i];
		struct helper_record r = { .pid = h->pid,
			.log = h->pid != 0 ? pass_on(h->log) : -1 };

		if (h->pid == 0)
			continue;
		snprintf(r.name, sizeof(r.name), "%s", helpers_name(h));
		buf_add(b, &r, sizeof(r));
		n++;
	}
	return n;
}

static void
add_memory(void *context, const struct admit_memory *m)
{
	buf_add(context, m, sizeof(*m));
}

/* One that cannot be passed on ends with this image. */
static void
add_rested(void *context, const struct rested *one)
{
	struct rest_record r;

	memset(&r, 0, sizeof(r));
	r.fd = pass_on(one->fd);
	r.listener = (uint32_t)one->listener;
	r.accepted_us = one->accepted_us;
	r.until_ms = one->until_ms;
	r.peer = one->peer;
	buf_add(context, &r, sizeof(r));
}

/* Enough for all that is added: growing would leave copies behind. */
static size_t
room_for(const struct master *m)
{
	size_t live = pool_size(m->pool) + rest_count(m->rest);

	return sizeof(struct reload_head) +
	    pool_size(m->pool) * sizeof(struct child_record) +
	    (ADMIT_REMEMBERED + live) * sizeof(struct admit_memory) +
	    m->helper_count * sizeof(struct helper_record) +
	    rest_count(m->rest) * sizeof(struct rest_record);
}

/* Where no other image comes, we go on, and fork. */
static void
forget(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->n);
	buf_free(b);
}

int
reload_state_leave(const struct master *m)
{
	struct reload_head head = describe(m);
	struct buf b;
	int fd = memfd_create("berth-reload_state", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	buf_init(&b, RELOAD_STATE_MAX);
	if (room_for(m) <= RELOAD_STATE_MAX)
		buf_room(&b, room_for(m));
	buf_add(&b, &head, sizeof(head));
	head.children = add_children(&b, m);

	head.memories = (uint32_t)admit_each(m->admit, add_memory, &b);
	head.helpers = add_helpers(&b, m);
	rest_each(m->rest, add_rested, &b);
	head.resting = (uint32_t)rest_count(m->rest);
	if (b.failed) {
		errno = ENOMEM;
		goto fail;
	}
	memcpy(b.p, &head, sizeof(head));
	if (io_write_all(fd, b.p, b.n) < 0)
		goto fail;
	forget(&b);
	return fd;
fail:
	forget(&b);
	close(fd);
	return -1;
}

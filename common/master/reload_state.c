/*
 * reload_state.c - what one image of the master leaves to the next.
 *
 * A head, a record for each child at work, for each source with points, and
 * for each helper process that still runs.  Times are of CLOCK_MONOTONIC, which
 * goes on across exec(2).
 */
#include "master/reload_state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "master/master_inside.h"
#include "system/image.h"
#include "system/io.h"
#include "system/sock.h"

/* Change the last letter when one of these changes its meaning. */
#define MAGIC "BERTH RELOAD D"

#define RELOAD_STATE_MAX ((size_t)64 << 20)

struct head {
	char magic[16];
	/* Of a record, and how many follow. */
	uint32_t child_size, memory_size, helper_size, rest_size;
	uint32_t children, memories, helpers, resting;
	uint32_t has_worked, unused;
	int64_t started_ms; /* the first image */
	uint64_t accepted, turned_away, crashed, reloads;
	struct scoreboard_counts counts;
};

/* A child at work. */
struct child_record {
	int32_t pid;
	int32_t log;          /* the descriptor of its channel, or -1 */
	int32_t conn, unused; /* that of its connection, or -1 */
	int64_t accepted_us;
	uint32_t listener, told;
	uint64_t served;
	int64_t since_ms, end_at, look_ms, told_ms;
	uint64_t moved;
	struct addr peer, client;
};

/* A helper process: it serves nobody, and ends soon. */
struct helper_record {
	char name[HELPERS_NAME_MAX];
	int64_t pid, log;
};

/* A connection that rests. */
struct rest_record {
	int32_t fd;
	uint32_t listener;
	int64_t accepted_us, until_ms;
	struct addr peer;
};

static struct head
describe(const struct master *m)
{
	const struct scoreboard_head *b = pool_scoreboard(m->pool);

	return (struct head){ .magic = MAGIC,
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

/* What an earlier image has passed on, if it is that. */
static int
take_passed(int64_t fd, int type)
{
	return fd >= IMAGE_HIGH_FD && fd <= INT_MAX &&
		sock_type((int)fd) == type &&
		fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0 ?
	    (int)fd :
	    -1;
}

static int
take_channel(int64_t fd)
{
	return take_passed(fd, SOCK_SEQPACKET);
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

int
reload_state_leave(const struct master *m)
{
	struct head head = describe(m);
	struct buf b;
	int fd = memfd_create("berth-reload_state", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	buf_init(&b, RELOAD_STATE_MAX);
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
	buf_free(&b);
	return fd;
fail:
	buf_free(&b);
	close(fd);
	return -1;
}

static bool
is_known(const struct head *h, size_t n)
{
	return n >= sizeof(*h) && memcmp(h->magic, MAGIC, sizeof(MAGIC)) == 0 &&
	    h->child_size == sizeof(struct child_record) &&
	    h->memory_size == sizeof(struct admit_memory) &&
	    h->helper_size == sizeof(struct helper_record) &&
	    h->rest_size == sizeof(struct rest_record) &&
	    n ==
	    sizeof(*h) + (size_t)h->children * h->child_size +
		(size_t)h->memories * h->memory_size +
		(size_t)h->helpers * h->helper_size +
		(size_t)h->resting * h->rest_size;
}

/* Its client counts, whatever the rules for new ones are. */
static void
take_child(struct master *m, const struct child_record *r)
{
	struct child c = { .pid = r->pid,
		.log = take_channel(r->log),
		.conn = take_passed(r->conn, SOCK_STREAM),
		.accepted_us = r->accepted_us,
		.told = r->told != 0,
		.served = r->served,
		.since_ms = r->since_ms,
		.end_at = r->end_at,
		.look_ms = r->look_ms,
		.moved = r->moved,
		.told_ms = r->told_ms,
		.listener = r->listener,
		.peer = r->peer,
		.client = r->client };

	if (c.listener >= m->plan->listeners->n)
		c.listener = 0; /* another version, with fewer */
	c.service = m->plan->listeners->at[c.listener].offer;
	if (!pool_adopt(m->pool, &c)) {
		if (c.log >= 0)
			close(c.log);
		pool_end_conn(&c);
		return;
	}
	if (c.client.len > 0)
		admit_served(m->admit, &c.client);
}

/* It counts, too; one whose service is gone, or does not rest now, ends. */
static void
take_rested(struct master *m, const struct rest_record *r)
{
	struct rested one = { .fd = take_passed(r->fd, SOCK_STREAM),
		.listener =
		    r->listener < m->plan->listeners->n ? r->listener : 0,
		.accepted_us = r->accepted_us,
		.until_ms = r->until_ms,
		.peer = r->peer };
	const struct listener *l = &m->plan->listeners->at[one.listener];

	one.service = l->offer;
	if (one.fd < 0)
		return;
	if (l->secure || l->type != SOCK_STREAM ||
	    m->plan->server->offers[l->offer].service->rests_ms == 0 ||
	    !rest_watch_add(m, &one)) {
		close(one.fd);
		return;
	}
	admit_served(m->admit, &one.peer);
}

static void
take_all(struct master *m, const struct head *head)
{
	struct scoreboard_head *b = pool_scoreboard(m->pool);
	const struct child_record *child =
	    (const struct child_record *)(head + 1);
	const struct admit_memory *memory =
	    (const struct admit_memory *)(child + head->children);
	struct helper_record helper;
	struct rest_record rested;
	const char *rest = (const char *)(memory + head->memories) +
	    head->helpers * sizeof(helper);

	for (uint32_t i = 0; i < head->memories; i++)
		admit_recall(m->admit, &memory[i]);
	for (uint32_t i = 0; i < head->children; i++)
		take_child(m, &child[i]);
	for (uint32_t i = 0; i < head->helpers; i++) {
		helper = ((
		    const struct helper_record *)(memory + head->memories))[i];
		helpers_adopt(m, helper.name, (pid_t)helper.pid,
		    take_channel(helper.log));
	}
	for (uint32_t i = 0; i < head->resting; i++) {
		memcpy(&rested, rest + i * sizeof(rested), sizeof(rested));
		take_rested(m, &rested);
	}
	m->has_worked = head->has_worked != 0;
	m->accepted = head->accepted;
	b->started_ms = head->started_ms;
	b->accepted = head->accepted;
	b->turned_away = head->turned_away;
	b->crashed = head->crashed;
	b->reloads = head->reloads;
	b->counts = head->counts;
}

int
reload_state_take(struct master *m, int fd)
{
	struct buf b;
	struct stat st;
	char *to = NULL;
	int done = -1;

	buf_init(&b, RELOAD_STATE_MAX);
	if (fstat(fd, &st) == 0 && st.st_size > 0 &&
	    lseek(fd, 0, SEEK_SET) == 0)
		to = buf_room(&b, (size_t)st.st_size);
	if (to != NULL && io_read_all(fd, to, (size_t)st.st_size) == st.st_size)
		buf_grew(&b, (size_t)st.st_size);
	if (is_known((const struct head *)b.p, b.n)) {
		take_all(m, (const struct head *)b.p);
		done = 0;
	}
	buf_free(&b);
	close(fd);
	return done;
}

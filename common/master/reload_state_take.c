/*
 * reload_state_take.c - what an earlier image of the master has left is taken
 * over, if it is from one that wrote it as this one would.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "master/reload_state.h"
#include "master/reload_state_inside.h"
#include "system/heap.h"
#include "system/image.h"
#include "system/io.h"
#include "system/sock.h"

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

static bool
is_known(const struct reload_head *h, size_t n)
{
	return n >= sizeof(*h) &&
	    memcmp(h->magic, RELOAD_STATE_MAGIC, sizeof(RELOAD_STATE_MAGIC)) ==
	    0 &&
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
take_all(struct master *m, const struct reload_head *head)
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
	struct reload_head *head = NULL;
	struct stat st;
	size_t n = 0;
	int done = -1;

	if (fstat(fd, &st) == 0 && st.st_size > 0 &&
	    lseek(fd, 0, SEEK_SET) == 0)
		n = (size_t)st.st_size;
	if (n > 0 && n <= RELOAD_STATE_MAX)
		head = heap_own(n);
	if (head != NULL && io_read_all(fd, head, n) == (ssize_t)n &&
	    is_known(head, n)) {
		take_all(m, head);
		done = 0;
	}
	/* Addresses are in it: it is no memory that others come upon. */
	heap_disown(head, n);
	close(fd);
	return done;
}

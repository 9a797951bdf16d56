/*
 * estate.c - what one image of the master leaves to the next.
 *
 * A head, a record for each child at work, a record for each source with
 * points.  Times are of CLOCK_MONOTONIC, which goes on across exec(2).
 */
#include "master/reload_state.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "master/master_inside.h"
#include "system/io.h"

/* Change the last letter when one of these changes its meaning. */
#define MAGIC "BERTH ESTATE A"

#define ESTATE_MAX ((size_t)64 << 20)

struct head {
	char magic[16];
	uint32_t guest_size, memory_size; /* of a record */
	uint32_t guests, memories;        /* how many follow */
	int32_t zygote;                   /* it serves nobody, and ends soon */
	uint32_t has_worked;
	int64_t started_ms; /* the first image */
	uint64_t accepted, turned_away, crashed, reloads;
};

/* A child at work. */
struct guest {
	int32_t pid;
	uint32_t listener, told;
	uint64_t served;
	int64_t since_ms;
	struct addr peer;
};

static struct head
describe(const struct house *h)
{
	const struct scoreboard_head *b = pool_scoreboard(h->pool);

	return (struct head){ .magic = MAGIC,
		.guest_size = sizeof(struct guest),
		.memory_size = sizeof(struct admit_memory),
		.zygote = h->zygote,
		.has_worked = h->has_worked,
		.started_ms = b->started_ms,
		.accepted = h->accepted,
		.turned_away = b->turned_away,
		.crashed = b->crashed,
		.reloads = b->reloads + 1 };
}

static uint32_t
add_guests(struct buf *b, const struct house *h)
{
	uint32_t n = 0;

	for (size_t i = 0; i < pool_size(h->pool); i++) {
		const struct child *c = pool_child(h->pool, i);
		struct guest g;

		if (c->state != CHILD_BUSY)
			continue;
		memset(&g, 0, sizeof(g));
		g.pid = c->pid;
		g.listener = (uint32_t)c->listener;
		g.told = c->told;
		g.served = c->served;
		g.since_ms = c->since_ms;
		g.peer = c->peer;
		buf_add(b, &g, sizeof(g));
		n++;
	}
	return n;
}

static void
add_memory(void *context, const struct admit_memory *m)
{
	buf_add(context, m, sizeof(*m));
}

int
estate_leave(const struct house *h)
{
	struct head head = describe(h);
	struct buf b;
	int fd = memfd_create("berth-estate", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	buf_init(&b, ESTATE_MAX);
	buf_add(&b, &head, sizeof(head));
	head.guests = add_guests(&b, h);
	head.memories = (uint32_t)admit_each(h->admit, add_memory, &b);
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
	    h->guest_size == sizeof(struct guest) &&
	    h->memory_size == sizeof(struct admit_memory) &&
	    n ==
	    sizeof(*h) + (size_t)h->guests * h->guest_size +
		(size_t)h->memories * h->memory_size;
}

/* Its client is inside, whatever the rules for new ones are. */
static void
take_guest(struct house *h, const struct guest *g)
{
	struct child c = { .pid = g->pid,
		.told = g->told != 0,
		.served = g->served,
		.since_ms = g->since_ms,
		.listener = g->listener,
		.peer = g->peer };

	if (c.listener >= h->plan->listeners->n)
		c.listener = 0; /* another version, with fewer */
	if (!pool_adopt(h->pool, &c))
		return;
	if (c.peer.len > 0)
		admit_inside(h->admit, &c.peer);
}

static void
take_all(struct house *h, const struct head *head)
{
	struct scoreboard_head *b = pool_scoreboard(h->pool);
	const struct guest *g = (const struct guest *)(head + 1);
	const struct admit_memory *m =
	    (const struct admit_memory *)(g + head->guests);

	for (uint32_t i = 0; i < head->memories; i++)
		admit_recall(h->admit, &m[i]);
	for (uint32_t i = 0; i < head->guests; i++)
		take_guest(h, &g[i]);
	h->old_zygote = head->zygote;
	h->has_worked = head->has_worked != 0;
	h->accepted = head->accepted;
	b->started_ms = head->started_ms;
	b->accepted = head->accepted;
	b->turned_away = head->turned_away;
	b->crashed = head->crashed;
	b->reloads = head->reloads;
}

int
estate_take(struct house *h, int fd)
{
	struct buf b;
	struct stat st;
	char *to = NULL;
	int done = -1;

	buf_init(&b, ESTATE_MAX);
	if (fstat(fd, &st) == 0 && st.st_size > 0 &&
	    lseek(fd, 0, SEEK_SET) == 0)
		to = buf_room(&b, (size_t)st.st_size);
	if (to != NULL && io_read_all(fd, to, (size_t)st.st_size) == st.st_size)
		buf_grew(&b, (size_t)st.st_size);
	if (is_known((const struct head *)b.p, b.n)) {
		take_all(h, (const struct head *)b.p);
		done = 0;
	}
	buf_free(&b);
	close(fd);
	return done;
}

/*
 * rest.c - the connections that rest: the table and its lists.
 *
 * The lists are rings through the table, whose first rows are their heads, so
 * that no list has an end to be looked at.
 */
#include "master/rest.h"

#include <stdlib.h>
#include <string.h>

#include "system/heap.h"

#define AWAKE      (SERVICE_MAX)
#define FREE       (SERVICE_MAX + 1)
#define HEADS      (SERVICE_MAX + 2)
#define ROWS_FIRST 64 /* then twice as many, and so on */

struct rest {
	struct rested *at; /* the heads, then the rows */
	uint32_t rows;     /* with the heads */
	size_t n, most;
};

static void
make_head(struct rest *r, uint32_t i)
{
	r->at[i] = (struct rested){ .fd = -1, .before = i, .after = i };
}

/* Whose connections rest is nobody's business who is forked meanwhile. */
static struct rested *
make_rows(uint32_t rows)
{
	struct rested *at = heap_own(rows * sizeof(*at));

	if (at != NULL)
		heap_hand_on(at, rows * sizeof(*at), false);
	return at;
}

struct rest *
rest_new(size_t most)
{
	struct rest *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->most = most < REST_MOST ? most : REST_MOST;
	r->rows = HEADS;
	r->at = make_rows(HEADS);
	if (r->at == NULL) {
		free(r);
		return NULL;
	}
	for (uint32_t i = 0; i < HEADS; i++)
		make_head(r, i);
	return r;
}

void
rest_free(struct rest *r)
{
	if (r == NULL)
		return;
	heap_disown(r->at, r->rows * sizeof(*r->at));
	free(r);
}

static void
unlink_row(struct rest *r, uint32_t i)
{
	r->at[r->at[i].before].after = r->at[i].after;
	r->at[r->at[i].after].before = r->at[i].before;
}

static void
link_behind(struct rest *r, uint32_t i, uint32_t before)
{
	uint32_t after = r->at[before].after;

	r->at[i].before = before;
	r->at[i].after = after;
	r->at[before].after = i;
	r->at[after].before = i;
}

static bool
grow(struct rest *r)
{
	uint32_t rows = r->rows == HEADS ? HEADS + ROWS_FIRST : 2 * r->rows;
	struct rested *at = make_rows(rows);

	if (at == NULL)
		return false;
	memcpy(at, r->at, r->rows * sizeof(*at));
	heap_disown(r->at, r->rows * sizeof(*at));
	r->at = at;
	for (uint32_t i = r->rows; i < rows; i++) {
		make_head(r, i);
		link_behind(r, i, r->at[FREE].before);
	}
	r->rows = rows;
	return true;
}

/* By their time; most come with the latest, so that is looked at first. */
static void
link_by_time(struct rest *r, uint32_t i)
{
	uint32_t head = (uint32_t)r->at[i].service;
	uint32_t before = r->at[head].before;

	while (before != head && r->at[before].until_ms > r->at[i].until_ms)
		before = r->at[before].before;
	link_behind(r, i, before);
}

uint32_t
rest_add(struct rest *r, const struct rested *like)
{
	uint32_t i;

	if (r->n >= r->most || like->service >= SERVICE_MAX ||
	    (r->at[FREE].after == FREE && !grow(r)))
		return REST_NONE;
	i = r->at[FREE].after;
	unlink_row(r, i);
	r->at[i] = *like;
	r->at[i].awake = false;
	link_by_time(r, i);
	r->n++;
	return i;
}

struct rested *
rest_at(struct rest *r, uint32_t i)
{
	return &r->at[i < HEADS || i >= r->rows ? FREE : i];
}

void
rest_remove(struct rest *r, uint32_t i)
{
	unlink_row(r, i);
	make_head(r, i);
	link_behind(r, i, FREE);
	r->n--;
}

void
rest_wake(struct rest *r, uint32_t i, int64_t now)
{
	unlink_row(r, i);
	r->at[i].awake = true;
	r->at[i].woke_ms = now;
	link_behind(r, i, r->at[AWAKE].before);
}

uint32_t
rest_next_awake(const struct rest *r, uint32_t i)
{
	uint32_t next = r->at[i].after;

	return next == AWAKE ? REST_NONE : next;
}

uint32_t
rest_first_awake(const struct rest *r)
{
	return rest_next_awake(r, AWAKE);
}

uint32_t
rest_oldest(const struct rest *r)
{
	uint32_t oldest = REST_NONE;

	for (uint32_t head = 0; head < SERVICE_MAX; head++) {
		uint32_t i = r->at[head].after;

		if (i != head &&
		    (oldest == REST_NONE ||
			r->at[i].until_ms < r->at[oldest].until_ms))
			oldest = i;
	}
	return oldest;
}

size_t
rest_count(const struct rest *r)
{
	return r->n;
}

size_t
rest_most(const struct rest *r)
{
	return r->most;
}

void
rest_each(struct rest *r, void (*show)(void *, const struct rested *), void *to)
{
	for (uint32_t i = HEADS; i < r->rows; i++)
		if (r->at[i].fd >= 0)
			show(to, &r->at[i]);
}

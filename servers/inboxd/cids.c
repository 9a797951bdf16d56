/*
 * cids.c - which part of a message has which Content-ID.
 */
#include "inboxd/cids.h"

#include <stdlib.h>
#include <string.h>

struct cid {
	struct slice id;
	const char *part;
	size_t place; /* among the parts: of the same IDs the first counts */
};

static int
compare_slices(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int
compare(const void *a, const void *b)
{
	const struct cid *one = a, *other = b;
	int order = compare_slices(one->id, other->id);

	return order != 0 ? order : one->place < other->place ? 1 : -1;
}

void
cids_read(struct cids *c, const json_t *parts)
{
	json_t *part;
	size_t i;

	c->n = 0;
	c->at = calloc(json_array_size(parts) + 1, sizeof(*c->at));
	if (c->at == NULL)
		return;
	json_array_foreach(parts, i, part)
	{
		struct slice id = slice_of(
		    json_string_value(json_object_get(part, "ContentID")));

		if (id.n > 0)
			c->at[c->n++] = (struct cid){ id,
				json_string_value(
				    json_object_get(part, "PartID")),
				i };
	}
	qsort(c->at, c->n, sizeof(*c->at), compare);
}

void
cids_free(struct cids *c)
{
	free(c->at);
	c->at = NULL;
	c->n = 0;
}

/* The last one that is not behind text, or NULL. */
static const struct cid *
last_before(const struct cids *c, struct slice text)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_slices(c->at[middle].id, text) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &c->at[low - 1] : NULL;
}

static size_t
common(struct slice a, struct slice b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

/* No longer than what the nearest one shares with text can any beginning be. */
const char *
cids_find(const struct cids *c, struct slice text, size_t *used)
{
	const struct cid *near;

	*used = 0;
	while (text.n > 0 && (near = last_before(c, text)) != NULL) {
		size_t n = common(near->id, text);

		if (n == near->id.n) {
			*used = n;
			return near->part;
		}
		text.n = n;
	}
	return NULL;
}

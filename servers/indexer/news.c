/*
 * news.c - what has happened to messages.
 */
#include "indexer/news.h"

#include <string.h>

static uint64_t
hash(const char *folder, struct slice base)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *folder != '\0'; folder++)
		h = (h ^ (unsigned char)*folder) * 0x100000001b3;
	h *= 0x100000001b3;
	for (size_t i = 0; i < base.n; i++)
		h = (h ^ (unsigned char)base.p[i]) * 0x100000001b3;
	return h;
}

static struct news_item *
find(struct news *n, uint64_t h, const struct maildir_file *f)
{
	for (size_t i = 0; i < n->n; i++) {
		struct news_item *item = &n->item[i];

		if (item->hash == h &&
		    strcmp(item->file.folder, f->folder) == 0 &&
		    slice_eq(
			maildir_base(item->file.name), maildir_base(f->name)))
			return item;
	}
	return NULL;
}

static bool
same(const struct maildir_file *a, const struct maildir_file *b)
{
	return a->part == b->part && strcmp(a->name, b->name) == 0;
}

static void
came(struct news_item *i, const struct watch_event *e)
{
	i->written = i->written || e->kind == WATCH_WRITTEN;
	i->fresh = e->kind == WATCH_MADE;
	i->there = true;
	i->away = false;
	i->file = e->file;
}

/* It may have come under another name before it went under this one. */
static void
went(struct news_item *i, const struct watch_event *e)
{
	if (i->there && !same(&i->file, &e->file))
		return;
	i->there = false;
	i->away = e->kind == WATCH_AWAY;
	i->file = e->file;
}

void
news_add(struct news *n, const struct watch_event *e)
{
	uint64_t h = hash(e->file.folder, maildir_base(e->file.name));
	struct news_item *i = find(n, h, &e->file);

	if (i == NULL && n->n == NEWS_MAX) {
		n->lost = true;
		return;
	}
	if (i == NULL) {
		i = &n->item[n->n++];
		*i = (struct news_item){ .hash = h };
	}
	if (e->kind == WATCH_WENT || e->kind == WATCH_AWAY)
		went(i, e);
	else
		came(i, e);
}

bool
news_is_open(const struct news *n)
{
	for (size_t i = 0; i < n->n; i++)
		if (n->item[i].away)
			return true;
	return false;
}

void
news_done(struct news *n, size_t count)
{
	n->n -= count;
	memmove(n->item, n->item + count, n->n * sizeof(n->item[0]));
}

/*
 * backlog.c - messages that nobody has read yet.
 */
#include "indexer/backlog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One allocation for each: name, NUL, folder, NUL, part. */
struct backlog {
	char **item;
	size_t n, room, next;
};

struct backlog *
backlog_new(void)
{
	return calloc(1, sizeof(struct backlog));
}

void
backlog_clear(struct backlog *b)
{
	for (size_t i = b->next; i < b->n; i++)
		free(b->item[i]);
	free(b->item);
	*b = (struct backlog){ .item = NULL };
}

void
backlog_free(struct backlog *b)
{
	if (b != NULL)
		backlog_clear(b);
	free(b);
}

int
backlog_add(struct backlog *b, const struct maildir_file *f)
{
	size_t name = strlen(f->name) + 1, folder = strlen(f->folder) + 1;
	char *item;

	if (b->n == b->room) {
		size_t room = b->room == 0 ? 64 : 2 * b->room;
		void *more = reallocarray(b->item, room, sizeof(b->item[0]));

		if (more == NULL)
			return -1;
		b->item = more;
		b->room = room;
	}
	item = malloc(name + folder + 1);
	if (item == NULL)
		return -1;
	memcpy(item, f->name, name);
	memcpy(item + name, f->folder, folder);
	item[name + folder] = (char)f->part;
	b->item[b->n++] = item;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
backlog_sort(struct backlog *b)
{
	if (b->n > b->next)
		qsort(b->item + b->next, b->n - b->next, sizeof(b->item[0]),
		    compare);
}

bool
backlog_next(struct backlog *b, struct maildir_file *f)
{
	const char *item, *folder;

	if (backlog_is_empty(b))
		return false;
	item = b->item[b->next];
	folder = item + strlen(item) + 1;
	snprintf(f->name, sizeof(f->name), "%s", item);
	snprintf(f->folder, sizeof(f->folder), "%s", folder);
	f->part = folder[strlen(folder) + 1] == MAILDIR_NEW ? MAILDIR_NEW :
							      MAILDIR_CUR;
	free(b->item[b->next++]);
	if (backlog_is_empty(b))
		backlog_clear(b);
	return true;
}

bool
backlog_is_empty(const struct backlog *b)
{
	return b->next == b->n;
}

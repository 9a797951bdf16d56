/*
 * ids.c - IDs of messages.
 */
#include "inboxd/ids.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inboxd/inbox.h"

#define AT_ONCE 256 /* IDs: some milliseconds in which the writer waits */

static int
add_found(void *with, const struct index_row *row)
{
	return ids_add(with, row->id);
}

int
ids_add(struct ids *ids, const char *id)
{
	if (ids->n == ids->room) {
		size_t room = ids->room == 0 ? 256 : ids->room * 2;
		void *more = reallocarray(ids->at, room, sizeof(*ids->at));

		if (more == NULL)
			return INDEX_FAILED;
		ids->at = more;
		ids->room = room;
	}
	memset(ids->at[ids->n], 0, MAILDIR_ID_MAX);
	memcpy(ids->at[ids->n], id, strnlen(id, MAILDIR_ID_MAX - 1));
	ids->n++;
	return 0;
}

int
ids_find(struct ids *ids, const struct index_scope *scope)
{
	return index_glance(inbox.index, scope, -1, add_found, ids);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
make_each_one(struct ids *ids)
{
	size_t n = 0;

	if (ids->n > 0)
		qsort(ids->at, ids->n, sizeof(*ids->at), compare);
	for (size_t i = 0; i < ids->n; i++)
		if (n == 0 || strcmp(ids->at[n - 1], ids->at[i]) != 0)
			memmove(ids->at[n++], ids->at[i], sizeof(*ids->at));
	ids->n = n;
}

static int
note_id(void *with, const struct index_row *row)
{
	snprintf(with, MAILDIR_ID_MAX, "%s", row->id);
	return 0;
}

/* Where there is no message the word stands for itself. */
static int
find_latest(const char *folder, char id[MAILDIR_ID_MAX])
{
	struct index_scope newest = { .folder = folder };

	snprintf(id, MAILDIR_ID_MAX, "latest");
	return index_glance(inbox.index, &newest, 1, note_id, id);
}

/* The newest is looked for once, and not for each that says "latest". */
int
ids_read(struct ids *ids, const json_t *list, const char *folder)
{
	const json_t *item;
	char latest[MAILDIR_ID_MAX] = "";
	size_t i;
	int status = 0;

	if (list != NULL && !json_is_null(list) && !json_is_array(list))
		return 1;
	json_array_foreach(list, i, item)
	{
		const char *id = json_string_value(item);

		if (id == NULL)
			return 1;
		if (strcmp(id, "latest") == 0) {
			if (latest[0] == '\0')
				status = find_latest(folder, latest);
			id = latest;
		}
		if (status == 0)
			status = ids_add(ids, id);
		if (status != 0)
			return status;
	}
	make_each_one(ids);
	return 0;
}

struct places {
	struct maildir_file *at;
	size_t n, room;
};

static int
add_place(void *with, const struct index_row *row)
{
	struct places *p = with;

	if (p->n == p->room) {
		size_t room = p->room == 0 ? 64 : p->room * 2;
		void *more = reallocarray(p->at, room, sizeof(*p->at));

		if (more == NULL)
			return INDEX_FAILED;
		p->at = more;
		p->room = room;
	}
	p->at[p->n++] = row->file;
	return 0;
}

int
ids_places(const struct ids *ids, const char *folder, ids_each *act, void *with)
{
	struct places p = { NULL, 0, 0 };
	int status = 0;

	for (size_t i = 0; status == 0 && i < ids->n; i += AT_ONCE) {
		size_t n = ids->n - i < AT_ONCE ? ids->n - i : AT_ONCE;

		p.n = 0;
		status = index_places(inbox.index,
		    (const char(*)[MAILDIR_ID_MAX])ids->at + i, n, folder,
		    add_place, &p);
		for (size_t k = 0; status == 0 && k < p.n; k++)
			if (act(with, &p.at[k]) < 0 && errno != ENOENT)
				status = 1;
	}
	free(p.at);
	return status;
}

void
ids_free(struct ids *ids)
{
	free(ids->at);
	*ids = (struct ids){ NULL, 0, 0 };
}

/*
 * ids.c - IDs of messages.
 */
#include "inboxd/ids.h"

#include <stdlib.h>
#include <string.h>

#include "inboxd/inbox.h"

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
	return index_list(inbox.index, scope, 0, -1, add_found, ids);
}

void
ids_free(struct ids *ids)
{
	free(ids->at);
	*ids = (struct ids){ NULL, 0, 0 };
}

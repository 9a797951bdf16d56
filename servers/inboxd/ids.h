/*
 * ids.h - IDs of messages, gathered before anything is changed.
 */
#ifndef IDS_H
#define IDS_H

#include "mail/index.h"
#include "mail/maildir.h"

/* Begin with zeroes. */
struct ids {
	char (*at)[MAILDIR_ID_MAX];
	size_t n, room;
};

/*
 * Add one.  Returns 0, or INDEX_FAILED without memory.
 */
int ids_add(struct ids *, const char *id);

/*
 * Add those of all messages in a scope.  Returns 0 or an index_status.
 */
int ids_find(struct ids *, const struct index_scope *);

/*
 * Forget them.
 */
void ids_free(struct ids *);

#endif

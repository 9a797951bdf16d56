/*
 * ids.h - IDs of messages, gathered before anything is changed.
 */
#ifndef IDS_H
#define IDS_H

#include <jansson.h>

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
 * Those of a list that a client has sent, each once; "latest" is the newest
 * in folder (NULL: of all).  Returns 0, an index_status, or 1: that is no
 * list of texts.
 */
int ids_read(struct ids *, const json_t *list, const char *folder);

/*
 * Call act for each place of each, in folder or everywhere (NULL), until it
 * returns -1.  A file that is gone already (ENOENT) is no failure.  They are
 * looked up many at a time, however many there are, and what is changed is not
 * being read.  Returns 0, an index_status, or 1 with errno.
 */
typedef int ids_each(void *with, struct maildir_file *);
int ids_places(const struct ids *, const char *folder, ids_each *, void *with);

/*
 * Forget them.
 */
void ids_free(struct ids *);

#endif

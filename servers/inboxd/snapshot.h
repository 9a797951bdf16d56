/*
 * snapshot.h - what has happened to messages between two looks at the index.
 *
 * The newest messages as they were, and the counts of all.  A look compares
 * them with what is there now, so an event is told once however the change
 * came about: by mail, by the page, by somebody's mutt.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdint.h>

#include "mail/index.h"

#define SNAPSHOT_MAX 1000 /* messages that are compared one by one */

struct snapshot;

/*
 * What may be told of a message.  Or of all: SNAPSHOT_RESET says that more
 * has changed than can be told, or that nothing is left; SNAPSHOT_STATS that
 * the counts have.  Both come with the counts.
 */
enum snapshot_event {
	SNAPSHOT_NEW,
	SNAPSHOT_UPDATE,
	SNAPSHOT_DELETE, /* of the row only id is there */
	SNAPSHOT_RESET,
	SNAPSHOT_STATS,
};

typedef void snapshot_tell(void *with, enum snapshot_event,
    const struct index_row *, const struct index_counts *);

/*
 * Returns NULL without memory.  Freeing NULL is a no-op.
 */
struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *);

/*
 * Look at this folder, or at all (NULL), and tell what is not as it was last
 * time, oldest first; nothing of messages the first time.  Returns 0 or an
 * index_status.
 */
int snapshot_look(struct snapshot *, struct index *, const char *folder,
    snapshot_tell *, void *);

#endif

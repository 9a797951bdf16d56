/*
 * backlog.h - messages that a scan has found and nobody has read yet, the
 * oldest first.  Names only; it forgets nothing until asked to.
 */
#ifndef BACKLOG_H
#define BACKLOG_H

#include "mail/maildir.h"

struct backlog;

/*
 * Returns NULL without memory.  Freeing NULL is a no-op.
 */
struct backlog *backlog_new(void);
void backlog_free(struct backlog *);

/*
 * Add one.  Returns 0, or -1 without memory.
 */
int backlog_add(struct backlog *, const struct maildir_file *);

/*
 * Put what is left in order: by names, which begin with the time.
 */
void backlog_sort(struct backlog *);

/*
 * Take the next one; false when there is none.
 */
bool backlog_next(struct backlog *, struct maildir_file *);
bool backlog_is_empty(const struct backlog *);

/*
 * Forget all.
 */
void backlog_clear(struct backlog *);

#endif

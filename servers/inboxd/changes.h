/*
 * changes.h - wake me when the index has changed.
 *
 * The indexer writes INDEX_CHANGED after each change; this watches it.
 */
#ifndef CHANGES_H
#define CHANGES_H

/*
 * A descriptor that is readable when the index has changed since, or -1 with
 * errno.
 */
int changes_watch(void);

/*
 * Take in what has been told.
 */
void changes_hear(int watch);

#endif

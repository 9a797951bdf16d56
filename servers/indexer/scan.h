/*
 * scan.h - the Maildir held against the index.
 *
 * What the index has and the Maildir has not is removed, what has other flags
 * is changed, and what is new goes to the backlog, for reading it takes time.
 * In transactions of its own.
 */
#ifndef SCAN_H
#define SCAN_H

#include "indexer/backlog.h"
#include "indexer/indexer.h"

/*
 * Scan one folder, or all, those that are gone too.  keywords: they may have
 * other names now.  Returns 0 or an index_status.
 */
int scan_folder(
    struct indexer *, struct backlog *, const char *folder, bool keywords);
int scan_all(struct indexer *, struct backlog *, bool keywords);

#endif

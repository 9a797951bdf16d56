/*
 * barrier.h - let the index catch up with the Maildir, so that whoever has
 * just changed something sees it.
 *
 * A test deletes all mail and then counts it; a client has heard 250 and then
 * asks for its message.  The indexer hears of changes in the order in which
 * they were made, so a file put into INDEX_SYNC now is heard of after all that
 * came before it; the indexer removes it when all of that can be seen in the
 * index.  That takes some milliseconds.
 */
#ifndef BARRIER_H
#define BARRIER_H

#include <stdbool.h>

#define BARRIER_MS       1000 /* waits no longer than that, and ... */
#define BARRIER_PAUSE_MS 5000 /* ... then goes without for a while */

/*
 * Wait for that.  Returns whether the index is known to be as the Maildir was
 * when this was called; if not (no indexer runs, or it has much to do) the
 * answer is given from what there is.
 */
bool barrier_wait(void);

#endif

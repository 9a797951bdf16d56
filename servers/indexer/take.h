/*
 * take.h - one message into the index.  Within a transaction.
 */
#ifndef TAKE_H
#define TAKE_H

#include "indexer/indexer.h"
#include "indexer/news.h"

/*
 * Take in a message that a scan has found.  A message that is gone, or that
 * cannot be read (which is said), is left out.  Returns 0 or an index_status.
 */
int take_file(struct indexer *, struct maildir_file *);

/*
 * Look at a piece of news.  A file that is still being written is left: we
 * hear of it again when it is closed.  Returns as take_file().
 */
int take_news(struct indexer *, const struct news_item *);

/*
 * It has other flags, or another part.  Returns as take_file().
 */
int take_move(struct indexer *, int64_t n, const struct maildir_file *);

#endif

/*
 * news.h - what has happened to messages and is still to be looked at.
 *
 * Several events about one message become one piece of news: where it is said
 * to be now, or that it went.  There is room for a bounded number; what does
 * not fit is lost and known to be, so that the whole is looked through.
 * Knows nothing of the kernel or of the index.
 */
#ifndef NEWS_H
#define NEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "indexer/watch.h"

#define NEWS_MAX 1024

struct news_item {
	uint64_t hash; /* of folder and base */
	bool there;    /* it is said to be at file; else it went from there */
	bool written;  /* what it says may have changed */
	bool fresh;    /* it may be being written yet */
	bool away;     /* it may be under another name, not heard of yet */
	struct maildir_file file;
};

struct news {
	struct news_item item[NEWS_MAX];
	size_t n;
	bool lost;
};

/*
 * Take in an event about a message.
 */
void news_add(struct news *, const struct watch_event *);

/*
 * Has some message left without being heard of again?
 */
bool news_is_open(const struct news *);

/*
 * Forget the first ones.
 */
void news_done(struct news *, size_t count);

#endif

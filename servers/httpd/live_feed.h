/*
 * live_feed.h - news of changes for many pages from one watch.
 *
 * A user has few inotify(7) instances, and every open page is a stream in a
 * process of its own.  So one of the processes watches for all, and rings a
 * bell; when it goes, another takes its place.  What they share can be written
 * by each of them: a page could make others reload, or not, and nothing else.
 * Processes that came by exec, and not by fork, share nothing and watch alone.
 */
#ifndef LIVE_FEED_H
#define LIVE_FEED_H

#include <stdint.h>

#include "httpd/live_watch.h"

struct live_listener;

/*
 * Before the first fork: make what is shared.
 */
void live_feed_prepare(void);

/*
 * Begin to listen.  *missed becomes what has changed since since_ms (0: do not
 * look), *at_ms the time up to which that is true.  Returns NULL with errno
 * when nobody can watch.
 *
 * All times are those of clock_file_ms().  Who knows until a time knows all
 * that changed before it, and nothing of the tick that it stands for: news are
 * always of a later time than who hears them knew until then.
 */
struct live_listener *live_listen(
    int64_t since_ms, enum live_change *missed, int64_t *at_ms);
void live_listen_no_more(struct live_listener *);

/*
 * What has changed since last asked, and up to when?  Never waits.
 */
enum live_change live_news(struct live_listener *, int64_t *at_ms);

/*
 * When to ask again: when this descriptor is readable, and after so long.
 */
int live_listener_fd(const struct live_listener *);
int64_t live_listener_ms(const struct live_listener *);

#endif

/*
 * live_watch.h - has anything changed in a directory and below?
 *
 * One watch for all pages that are open: live_feed.h.
 */
#ifndef LIVE_WATCH_H
#define LIVE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "httpd/live_names.h"

#define LIVE_WATCH_FILES 512 /* of more than one name; others are not watched */

struct live_watch;

/*
 * Begin to watch the folder of the site, and all that is served below it.
 * *seen becomes what has changed since the time since_ms (of clock_file_ms();
 * 0: do not look).  Returns NULL with errno.
 */
struct live_watch *live_watch_new(int64_t since_ms, enum live_change *seen);
void live_watch_free(struct live_watch *);

/*
 * A descriptor that is readable when there is something to hear.
 */
int live_watch_fd(const struct live_watch *);

/*
 * Take in what has happened.  Never waits.  Returns whether anything has.
 */
bool live_hear(struct live_watch *);

/*
 * What is the news, all in all, since last asked?  A file that was written and
 * then renamed counts by its new name only, if both were heard.
 */
enum live_change live_heard(struct live_watch *);

/*
 * What has changed since a time, without a watch?
 */
enum live_change live_changed_since(int64_t since_ms);

#endif

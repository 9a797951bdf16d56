/*
 * live_watch.h - has anything changed in a directory and below?
 *
 * One watch for all pages that are open: live_feed.h.
 */
#ifndef LIVE_WATCH_H
#define LIVE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "system/args.h"

#define LIVE_WATCH_DIRS 4096 /* more are not watched, and that is said once */

/* What a change asks of a page, the greater including the lesser. */
enum live_change { LIVE_NOTHING, LIVE_STYLE, LIVE_PAGE };

struct live_watch;

/*
 * Names that match one of these globs are no news, nor what is below them.
 */
void live_watch_ignore(const struct arg_list *globs);

/*
 * Begin to watch dir, which must live as long.  Directories that begin with a
 * dot, and node_modules, are left out, as are files that editors keep for
 * themselves.  *seen becomes what has changed since the time since_ms (of the
 * wall clock; 0: do not look).  Returns NULL with errno.
 */
struct live_watch *live_watch_new(
    const char *dir, int64_t since_ms, enum live_change *seen);
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
enum live_change live_changed_since(const char *dir, int64_t since_ms);

#endif

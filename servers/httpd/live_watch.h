/*
 * live_watch.h - has anything changed in a directory and below?
 *
 * One watch for a process, which is one for each page that is open.
 */
#ifndef LIVE_WATCH_H
#define LIVE_WATCH_H

#include <stdint.h>

#define LIVE_WATCH_DIRS 4096 /* more are not watched, and that is said once */

/* What a change asks of a page, the greater including the lesser. */
enum live_change { LIVE_NOTHING, LIVE_STYLE, LIVE_PAGE };

/*
 * Begin to watch dir.  Directories that begin with a dot, and node_modules,
 * are left out, as are files that editors keep for themselves.  *seen
 * becomes what has changed since the time since_ms (of the wall clock; 0: do
 * not look).  Returns a descriptor that is readable when there is news, or -1
 * with errno.
 */
int live_watch(const char *dir, int64_t since_ms, enum live_change *seen);

/*
 * Take in what has happened.  Never waits.
 */
void live_hear(int watch);

/*
 * What is the news, all in all, since last asked?  A file that was written and
 * then renamed counts by its new name only, if both were heard.
 */
enum live_change live_news(void);

#endif

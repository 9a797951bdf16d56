/*
 * live.h - pages that reload themselves when a file changes (--live).
 *
 * Every page of HTML gets a script of ours at its end.  The script holds an
 * event stream (server-sent events, HTML Living Standard 9.2) to a child,
 * which tells what changed (live_feed.h): after a
 * style sheet the page swaps its style sheets, after anything else it loads
 * again.  A page that was hidden or cut off says since when it knows nothing,
 * so no change is missed.
 */
#ifndef LIVE_H
#define LIVE_H

#include "web/web.h"

/*
 * Is this request for the script or the stream?  Never, without --live.
 */
bool live_wants(const struct exchange *);

/*
 * Answer it; for the stream, as long as the client stays.
 */
int live_answer(struct exchange *);

/*
 * What is added to a page of HTML; empty without --live.
 */
struct slice live_tag(void);

#endif

/*
 * live.h - pages that reload themselves when a file changes (--live).
 *
 * Documents get a script of ours (live_tag.h, live_script.h).  In one page of
 * a browser, which it chooses, the script holds an event stream (server-sent
 * events, HTML Living Standard 9.2) to a child, which tells what changed
 * (live_feed.h), and passes that on to the others.  After a style sheet the
 * page swaps its style sheets, after anything else it loads again, once its
 * address answers.  A page says since when it knows nothing, so no change is
 * missed: neither before its stream was open, nor while it was hidden, nor in
 * between.
 *
 *	LIVE_STREAM?since=MS&folder=ID	the stream
 *	LIVE_STREAM?look=MS&folder=ID	the same once: "style MS" and the like
 */
#ifndef LIVE_H
#define LIVE_H

#include "web/web.h"

#define LIVE_STREAM "/.berth/live"
#define LIVE_SCRIPT "/.berth/live.js"
#define LIVE_LOOK   "Berth-Live" /* a field: is the page there? */

/*
 * Is this request for the script or the stream?  Never, without --live.
 */
bool live_wants(const struct exchange *);

/*
 * Answer it; for the stream, as long as the client stays.
 */
int live_answer(struct exchange *);

/*
 * Does our script ask whether its page is there, so as somebody would who goes
 * there?
 */
bool live_looks(const struct exchange *);

#endif

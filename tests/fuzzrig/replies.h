/*
 * replies.h - what was said in HTTP beside what was answered.
 *
 * Walks both.  It aborts unless each request that came whole has exactly one
 * final reply, in order, well formed and framed; a fault, or a client that
 * leaves off in the middle and stays, one that closes; half a request of a
 * client that is gone, none; and nothing is said behind a reply that closes.
 * The grammar that takes the requests apart is the server's own: targets of
 * its own are there for it.
 */
#ifndef REPLIES_H
#define REPLIES_H

#include "bytes/buf.h"
#include "grammar/http_request.h"
#include "grammar/http_response.h"

struct answer {
	struct http_response r;
	struct slice head, body;
	struct slice sent; /* what was said behind the head of the request */
};

/*
 * Is a reply right in itself?  The request is NULL where it was not one.
 */
typedef void replies_check(const struct http_request *, const struct answer *);

/*
 * Walk.  stays: the client did not hang up.  Final replies are added to
 * finals, without what depends on when bytes come: 1xx, and the time.  Returns
 * how many they were.
 */
size_t replies_walk(struct slice said, struct slice told,
    const struct http_rules *, bool stays, replies_check *, struct buf *finals);

/*
 * Are so many lines of the access log right for the replies of the last walk?
 * One for each; but what was no HTTP at all may have been told elsewhere.
 */
bool replies_are_told(size_t replies, size_t lines);

#endif

/*
 * refusal.h - clients whom the master itself turns away, with a canned reply.
 *
 * One canned write, then the write side is shut and the socket kept for a
 * moment, unread: to close it at once with the request still in it would send
 * a reset, which may destroy the reply before it is read (RFC 9112 9.6).  The
 * master never reads what a client sent, so it waits for the client to close.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdint.h>

#include "bytes/slice.h"

#define REFUSAL_MAX 128  /* more at once: the oldest is closed */
#define REFUSAL_MS  2000 /* kept open at most so long */

struct refusal;

/*
 * epoll is the master's; tag_of gives the tag of the event for an entry.
 * Returns NULL with errno ENOMEM.
 */
struct refusal *refusal_new(int epoll, uint64_t (*tag_of)(uint32_t));

/*
 * Send the words and see the client off.  Owns fd from now on.
 */
void refusal_say(struct refusal *, int fd, struct slice words);

/*
 * The client of this entry has closed.
 */
void refusal_done(struct refusal *, uint32_t entry);

/*
 * Close those whose time is up.  Returns when the next one's is (clock_ms()),
 * or CLOCK_NEVER.
 */
int64_t refusal_expire(struct refusal *);

#endif

/*
 * farewell.h - clients whom the master itself tells that the house is full.
 *
 * One canned write, then the write side is shut and the socket kept for a
 * moment, unread: to close it at once with the request still in it would send
 * a reset, which may destroy the reply before it is read (RFC 9112 9.6).  The
 * master never reads what a client sent, so it waits for the client to close.
 */
#ifndef FAREWELL_H
#define FAREWELL_H

#include <stdint.h>

#include "bytes/slice.h"

#define FAREWELL_MAX 128  /* more at once: the oldest is closed */
#define FAREWELL_MS  2000 /* kept open at most so long */

struct farewell;

/*
 * epoll is the master's; tag_of gives the tag of the event for an entry.
 * Returns NULL with errno ENOMEM.
 */
struct farewell *farewell_new(int epoll, uint64_t (*tag_of)(uint32_t));

/*
 * Send the words and see the client off.  Owns fd from now on.
 */
void farewell_say(struct farewell *, int fd, struct slice words);

/*
 * The client of this entry has closed.
 */
void farewell_done(struct farewell *, uint32_t entry);

/*
 * Close those whose time is up.  Returns when the next one's is (clock_ms()),
 * or CLOCK_NEVER.
 */
int64_t farewell_expire(struct farewell *);

#endif

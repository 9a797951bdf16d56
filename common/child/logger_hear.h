/*
 * logger_hear.h - the logger's ears: its channels, and what comes from them.
 *
 * Messages are handed to logger_lines.h as they come.  Nothing else that the
 * logger waits for is known here, but it waits in the same epoll.  Called by
 * logger_life.c alone.
 */
#ifndef LOGGER_HEAR_H
#define LOGGER_HEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#define LOGGER_AT_ONCE 64 /* events in a turn */
#define LOGGER_EACH    64 /* messages of one channel in a turn */

/*
 * Make the epoll; make it anew, without a channel.  Returns its descriptor, or
 * -1 with errno.
 */
int logger_hear_open(void);

/*
 * Watch what is no channel: logger_hear_other() says whose an event is, the
 * descriptor, or -1 for a channel's.  watch returns whether it is watched.
 */
bool logger_hear_watch(int fd, uint32_t events);
void logger_hear_forget(int fd);
int logger_hear_other(const struct epoll_event *);

/*
 * Listen to a channel from now on, which is owned; how many are there?
 */
void logger_hear_add(int end, const char *name);
size_t logger_hear_count(void);

/*
 * Wait so long for events, LOGGER_AT_ONCE at most.
 */
int logger_hear_wait(struct epoll_event *, int ms);

/*
 * Some messages of the channel that this event is of, so that others get their
 * turn.  Returns how many; 0 if it is of no channel.
 */
int logger_hear_some(const struct epoll_event *);

/*
 * What was said up to now: by the master, whose channel ends with it; by those
 * who have left, but for one; by all, as far as it is no endless flood.
 */
void logger_hear_last(int end);
void logger_hear_left(int but);
void logger_hear_all(void);

#endif

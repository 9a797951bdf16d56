/*
 * reload_state.h - what one image of the master leaves to the next when it
 * execs itself: whom its children serve, who has behaved badly, what was
 * counted, which helper processes are about to end.
 *
 * Without it a reload would forgive everybody: and since each crash brings a
 * reload soon, nobody would ever be penalised for crashes.
 *
 * It is a file in memory that only the master ever holds.  The next image may
 * be of another version: one that finds a layout it does not know begins
 * without it and says so.  Called only by reload.c.
 */
#ifndef RELOAD_STATE_H
#define RELOAD_STATE_H

struct master;

/*
 * Write it down.  Returns a descriptor (close-on-exec), or -1 with errno.
 */
int reload_state_leave(const struct master *);

/*
 * No other image comes after all: close what was to stay open for it.
 */
void reload_state_take_back(void);

/*
 * Take it over, into a master that is built and has no children yet.  The
 * descriptor is closed.  Returns 0, or -1 when it is not to be understood;
 * the server is then as it was.
 */
int reload_state_take(struct master *, int fd);

#endif

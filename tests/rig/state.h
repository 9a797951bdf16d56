/*
 * state.h - all that the kernel tells of a process and that another process in
 * its place should have in common with it.
 */
#ifndef RIG_STATE_H
#define RIG_STATE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * As text, from /proc/PID: mappings with their flags, descriptors with their
 * flags and offsets, limits, timers, signals, names, credentials, scheduling.
 * What we may not look at is left out.  NULL: it is gone.  To be freed.
 */
char *state_of(pid_t);

/*
 * Wait until it is in that state, and say what is not, if it never is.
 * Returns -1 when it is gone instead, 0 when it never is, 1 when it is.
 */
int state_becomes(pid_t, const char *state);

/*
 * Wait until it waits for its next connection.  Returns false when it is gone.
 */
bool state_is_idle(pid_t);

#endif

/*
 * spawn.h - the birth of a child: fork, or fork and exec.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "master/pool.h"

/*
 * Bring a child to life.  In the master: returns its pid, with *control our
 * end of its control socket and *log the logger's of its channel; or -1 with errno.  In a forked child: does not
 * return.
 */
pid_t spawn_child(const struct pool_birth *, int *control, int *log);

/*
 * Was this process brought to life by --isolation exec (IMAGE_CHILD, system/image.h)?
 * Takes the word out of the environment.
 */
bool spawn_is_child(void);

#endif

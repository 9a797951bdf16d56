/*
 * crowd.h - many clients at a time who are all slow in the same way, and
 * whether each is held by its deadline.
 */
#ifndef RIG_CROWD_H
#define RIG_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What they do each second while they are waited for. */
enum rig_crowd_habit { RIG_CROWD_STILL, RIG_CROWD_SENDS, RIG_CROWD_READS };

struct rig_crowd {
	int *fd;
	size_t n, most;
	enum rig_crowd_habit habit; /* a byte each second, or nothing */
	int64_t first_ms;           /* clock_ms() when the first came */
};

/*
 * Make room for so many; ends the test when descriptors do not suffice (it
 * raises its own limit).
 */
void rig_crowd_open(struct rig_crowd *, size_t most, enum rig_crowd_habit);

/*
 * One more: a connection that has said by now what it has to say.
 */
void rig_crowd_add(struct rig_crowd *, int fd);

/*
 * All are there, each with a process of its own, children of master, which has
 * no more than spare others.  Then each is held by a deadline that lies
 * deadline_ms after it came: until then all stay, whatever they do; and a
 * little later their processes are free.  Returns how many of them were
 * treated so: all, or 0 when somebody was ended early (explained), or those
 * that were ended in time.
 */
size_t rig_crowd_outlast(
    struct rig_crowd *, pid_t master, size_t spare, int64_t deadline_ms);

/*
 * How many can see that their connection has ended.
 */
size_t rig_crowd_ended(const struct rig_crowd *);

/*
 * All hang up, with a reset.
 */
void rig_crowd_leave(struct rig_crowd *);

#endif

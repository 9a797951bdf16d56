/*
 * restorer_stat.h - what the restorer reads in /proc/PID/stat of a child that
 * is held at its call.  Called by restorer.c alone.
 */
#ifndef RESTORER_STAT_H
#define RESTORER_STAT_H

#include <stdbool.h>
#include <stdint.h>

struct restorer_stat {
	uint64_t faults; /* of pages, of both kinds, in its whole life */
	bool is_deaf;    /* all signals are blocked that have a handler */
};

/*
 * Returns 0, or -1 if that is not what the kernel writes.
 */
int restorer_stat_read(int fd, struct restorer_stat *);

#endif

/*
 * worn.h - how long a process goes on that serves one client after the other.
 *
 * Its time on the processor is limited over all its clients (RLIMIT_CPU, which
 * may be a low one of whoever started the server, ulimit -t).  It ends by
 * itself, between two clients, before the kernel ends it with one.
 */
#ifndef WORN_H
#define WORN_H

#include <stdbool.h>
#include <stdint.h>

#define WORN_NEVER INT64_MAX

/*
 * The milliseconds after which this process is worn: half of its limit, or
 * WORN_NEVER.  Good for its whole life.
 */
int64_t worn_ms(void);

/*
 * Has it used so much?
 */
bool worn_is(int64_t ms);

#endif

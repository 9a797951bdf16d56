/*
 * clock.h - what time is it, and how long is there left?
 *
 * Deadlines are absolute: milliseconds of CLOCK_MONOTONIC.  A deadline is set
 * once and every wait asks what is left of it, so a client that sends one
 * byte a second cannot push it ahead.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

#define CLOCK_NEVER INT64_MAX /* a deadline that does not come */

/*
 * Now, on a clock that never jumps: in milliseconds, and in microseconds.
 */
int64_t clock_ms(void);
int64_t clock_us(void);

/*
 * Now, on the wall: in seconds, and in microseconds since 1970 (UTC).
 */
int64_t clock_wall_s(void);
int64_t clock_wall_us(void);

/*
 * The same in milliseconds and as the kernel sets the times of files now: by a
 * clock that goes in ticks, behind the other.
 */
int64_t clock_file_ms(void);

/*
 * How far the time here is from UTC now: seconds, to the east.  Loads the time
 * zone at its first call, which needs its file.
 */
long clock_zone_s(void);

/*
 * What poll(2) and epoll_wait(2) take to wait until deadline: 0 when it is
 * past, -1 for CLOCK_NEVER, at most INT_MAX.
 */
int clock_left_ms(int64_t deadline);

#endif

/*
 * still.h - a clock that stands still, in place of system/clock.c.
 *
 * What is fuzzed must do the same each time, and a wait of 15 s must not cost
 * 15 s.  So time passes only where somebody waits: nanosleep(2) and, with
 * talk.h, poll(2) and recv(2) move the clock ahead and return at once.
 *
 * A target gets this clock by calling still_begin().
 */
#ifndef STILL_H
#define STILL_H

#include <stdint.h>

#define STILL_WALL_S 1900000000 /* where it begins: March 2030 */

/*
 * Back to the beginning of time.
 */
void still_begin(void);

/*
 * Time passes.
 */
void still_pass(int64_t us);

/*
 * How much of it has passed since still_begin().
 */
int64_t still_passed_us(void);

#endif

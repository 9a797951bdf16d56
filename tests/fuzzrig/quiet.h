/*
 * quiet.h - logs that nobody reads, in place of system/log.c and
 * system/logfile.c.
 *
 * Lines of the error log are made, so that their formats are right, and
 * forgotten.  Lines of the access log must be lines: one LF, at the end, no
 * other byte that a terminal would obey, UTF-8, and each quote closed; they
 * are counted.  die() and
 * bug() are faults, unless die() is expected.
 *
 * A target gets these logs by calling quiet_begin().
 */
#ifndef QUIET_H
#define QUIET_H

#include <setjmp.h>
#include <stddef.h>

/*
 * No line has been written yet.
 */
void quiet_begin(void);

/*
 * How many lines are in the access log?
 */
size_t quiet_lines(void);

/*
 * Where die() goes, with its code; NULL: it may not be called.
 */
extern jmp_buf *quiet_death;

#endif

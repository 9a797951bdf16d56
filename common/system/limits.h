/*
 * limits.h - the limits of the process that somebody set before it was started
 * (setrlimit(2), ulimit of the shell).
 *
 * A soft limit is a suggestion: one that would end a server, or a client of
 * it, is raised to what is allowed.  What is not allowed is said at the start:
 * either nothing begins, or it is known what will be refused.
 */
#ifndef LIMITS_H
#define LIMITS_H

/*
 * At the start of a server that is to live: raise what may be raised (stack,
 * descriptors, processes, time on the processor), end the program where it could not
 * work, and warn of what will be met later (time, sizes of files).
 */
void limits_begin(void);

/*
 * Which limit may be meant by this errno, with a blank before it: " (ulimit
 * -f)"; or "".  For the end of a message.
 */
const char *limits_hint(int error);

#endif

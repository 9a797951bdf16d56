/*
 * narrate.h - each socket call as it happens, in the words of a networking
 * class (--narrate): what was called, with what, and what it returned.
 *
 *	berth-upperd: accept(5) = 9, 127.0.0.1:40312
 *	berth-upperd[1240]: recv(3) = 6 "hello\n"
 *	connect(3, [::1]:12000) = -1, ECONNREFUSED (Connection refused)
 *
 * Lines go to standard error.  Nothing is said, and nothing costs, unless
 * narrate_on.
 */
#ifndef NARRATE_H
#define NARRATE_H

#include <stdbool.h>
#include <stddef.h>

#include "system/addr.h"

extern bool narrate_on;

/*
 * Where there are several processes: as words of the log, which name them.
 */
void narrate_in_log(void);

/*
 * A call (printf's format), and what it returned: a number, whose errno counts
 * when it is -1; or words.  more, which may be NULL, stands behind that.
 * errno is kept.
 */
void narrate(long result, const char *more, const char *call, ...)
    __attribute__((format(printf, 3, 4)));
void narrate_words(const char *result, const char *call, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * For the arguments: the constants' names; bytes in quotes, cut where they are
 * many; an address.  Each in memory of its own, good until the next call.
 */
const char *narrate_family(int family);
const char *narrate_type(int type);
const char *narrate_bytes(const void *, size_t n);
const char *narrate_addr(const struct addr *);

#endif

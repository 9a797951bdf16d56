/*
 * strict.h - the sandbox of a helper that holds no connection of its own and
 * needs little: a table of what it can do, and all else ends it.
 *
 * Called by the key keeper and by the dialler, once, with all open that they
 * need (servers/keeper/rights.c, servers/dialler/rights.c).
 */
#ifndef STRICT_H
#define STRICT_H

#include <stddef.h>

struct call;

/*
 * From now on as many descriptors as there may be, no core, no new privileges,
 * nothing to be read by others; then what enclose does (Landlock; may be NULL);
 * then only these calls.  A kernel that has no seccomp filters is said
 * (lacking.h).  Under AddressSanitizer, whose own calls nobody can list,
 * neither enclose nor the calls.  Returns 0, or -1 with errno.
 */
int strict_confine(const struct call *, size_t count, int (*enclose)(void));

/*
 * How many system calls a table allows, and how many of these with certain
 * arguments only.  Rows of one call stand together.
 */
size_t strict_count(const struct call *, size_t count, size_t *judged);

#endif

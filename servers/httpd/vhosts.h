/*
 * vhosts.h - the hosts that have a directory of their own (--vhosts).
 */
#ifndef VHOSTS_H
#define VHOSTS_H

#include <stddef.h>

#define VHOSTS_MAX 16 /* that are listed */

/*
 * Those that are there now, in the order of their names, for certificates: the
 * first VHOSTS_MAX of them.  A directory that does not exist has none.  Good
 * until the next call.
 */
const char *const *vhosts_list(const char *dir, size_t *count);

#endif

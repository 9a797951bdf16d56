/*
 * lacking.h - a helper on a kernel that lacks a wall of the sandbox.
 *
 * Children are tried beforehand (probe.c) and do without what is not to be
 * had, which the line "sandbox:" says.  Helpers that build their own walls do
 * the same, for else there is no TLS or no upstream where there is a site.
 * Called by outward.c and by the helpers (servers/keeper/, servers/dialler/).
 */
#ifndef LACKING_H
#define LACKING_H

#include <stdbool.h>

/*
 * A wall could not be built (errno).  If that is how a kernel says that it has
 * none, or gives it to nobody here: say that we go on without it, and return
 * 0.  Another fault: -1, with errno as it was.
 */
int lacking(const char *wall);

/*
 * Has the kernel no seccomp filters?  errno says why.
 */
bool lacking_seccomp(void);

#endif

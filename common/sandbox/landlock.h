/*
 * landlock.h - the directories of a sandboxed child: Landlock.
 *
 * A ruleset is made once, by the master, and is a descriptor; a child takes it
 * upon itself with one system call.  Beside the directories it refuses TCP
 * (bind and connect), signals and abstract sockets of processes outside, as
 * far as the kernel knows how; and no process inside can ptrace one outside.
 * Called by sandbox.c, and by helpers that are programs of their own.
 */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stddef.h>
#include <stdint.h>

struct sandbox_path;

/*
 * The kernel's version of Landlock, or 0 when it has none.
 */
int landlock_abi(void);

/*
 * Does this version keep signals inside?
 */
int landlock_keeps_signals(int abi);

/*
 * Make a ruleset that leaves these directories open.  Returns its descriptor,
 * close-on-exec, or -1 with errno and *which the path that failed (NULL when
 * it was none of them).
 */
int landlock_make(
    int abi, const struct sandbox_path *, size_t count, const char **which);

/*
 * Leave these open as well, to who enters it later.  Returns 0, or -1 with
 * errno.
 */
int landlock_add(
    int ruleset, int abi, const struct sandbox_path *, size_t count);

/*
 * Leave TCP connections to these ports open, of whatever host; nothing is to
 * do where the kernel (before ABI 4) knows no ports.  Returns 0, or -1 with
 * errno.
 */
int landlock_add_ports(
    int ruleset, int abi, const uint16_t *ports, size_t count);

/*
 * Take it upon this process, for ever (no_new_privs must be set).  Returns 0,
 * or -1 with errno.
 */
int landlock_enter(int ruleset);

#endif

/*
 * look.h - look at processes from outside, through /proc.
 *
 * A zombie counts as gone: its memory and descriptors are given back, and
 * only its parent could do more.
 */
#ifndef RIG_LOOK_H
#define RIG_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RIG_MAX_CHILDREN 4096

/*
 * The children of a process that are not gone, its zygote left out; at most
 * max go to list (which may be NULL).  Returns how many there are.
 */
size_t rig_children(pid_t, pid_t *list, size_t max);

/*
 * The child of this name that lives, the eldest of them, or 0.
 */
pid_t rig_child_called(pid_t parent, const char *name);

/*
 * The zygote of a master, its restorer, and its logger, or 0.
 */
pid_t rig_zygote(pid_t);
pid_t rig_restorer(pid_t);
pid_t rig_logger(pid_t);

/*
 * Wait until the logger of a master is another one than it was, as after a
 * reload.  Explained when false.
 */
bool rig_logger_changes(pid_t master, pid_t was);

/*
 * Is that the name of a process (at most 15 bytes)?  A program has it from its
 * execve(2) on.
 */
bool rig_is_named(pid_t, const char *name);

/*
 * How often n bytes stand in the memory of a process that it may read (mappings
 * of more than 64 MiB left out), or -1: we may not look.
 */
int rig_in_memory(pid_t, const void *bytes, size_t n);

/*
 * Wait until a process has from min to max children.  Explained when false.
 */
bool rig_children_become(pid_t, size_t min, size_t max);

/*
 * R, S, D, T ... of proc(5), or 0 when there is no such process any more.
 */
char rig_state(pid_t);
bool rig_is_gone(pid_t);

/*
 * Wait until all of these are gone, for ms milliseconds at most.
 */
bool rig_all_gone(const pid_t *list, size_t n, int64_t ms);

/*
 * Memory in KiB: its fair share of what it shares (PSS), what it has alone,
 * what it or whoever it was forked from has written, shared or not (so it does
 * not change when one of its children does), what is resident.  -1 when it
 * cannot be told.
 */
long rig_pss_kib(pid_t);
long rig_private_kib(pid_t);
long rig_anonymous_kib(pid_t);
long rig_rss_kib(pid_t);

/*
 * CPU used so far, user and system, in milliseconds; -1 when it cannot be
 * told.
 */
long rig_cpu_ms(pid_t);

/*
 * How many descriptors it has open, or -1.
 */
int rig_descriptors(pid_t);

/*
 * Which process wrote the bytes that come next on this connection, which was
 * made by rig_connect_traced.  Consumes none; waits for them; 0 when none
 * came.
 */
pid_t rig_speaker(int fd);

/*
 * Which process among the children of master has the other end of this TCP
 * connection open?  Waits until one has; 0 when none does.  Needs the right
 * to look into /proc/PID/fd.
 */
pid_t rig_server_of(int fd, pid_t master);

#endif

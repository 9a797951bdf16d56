/*
 * confine.h - the sandbox of a reader: what a process may still do that has a
 * stranger's message parsed.
 *
 * It computes, reads the descriptors that are handed to it, answers on a pipe,
 * and has half a gigabyte of memory to do it in.  It opens nothing, makes no
 * process and no socket, signals nobody.  Tighter than what children of a
 * server have (sandbox/sandbox.h), and needs no plan.  Called by reader_child.c only.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include <sys/types.h>

#define CONFINE_DATA_MAX ((size_t)512 << 20) /* bytes of memory */
#define CONFINE_OPEN_MAX 16                  /* descriptors */

/*
 * Enter it, for ever; parent is who getppid() must still name, and the process
 * ends with it.  What is loaded from files must be loaded.  Returns 0, or -1
 * with errno when the system has no such thing: ENOSYS or EINVAL from
 * seccomp(2), after all else is done.
 */
int confine(pid_t parent);

#endif

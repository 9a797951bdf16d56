/*
 * box_filter.h - the system calls of a boxed child: a seccomp program, made
 * once and loaded by each child as it is.
 *
 * Three answers: allowed; ENOSYS for what we do not know (the next libc tries
 * new calls first and falls back); the end of the process, by SIGSYS, for what
 * a service can never issue.  A few calls are looked at more closely, see
 * box_filter.c.  Called only by box.c.
 *
 * Made here and not by libseccomp, whose programs compare call by call: what
 * loading costs is the length of the program and its depth, for the kernel
 * runs it once for every call number there is, to learn which are always
 * allowed.  Here ranges of numbers with one answer are found by halving.
 */
#ifndef BOX_FILTER_H
#define BOX_FILTER_H

#include <linux/filter.h>
#include <sched.h>
#include <signal.h>

#define BOX_FILTER_MAX 250 /* instructions; jumps reach 255 */

/* The one way to fork: the child becomes our sibling. */
#define BOX_FORK_FLAGS (CLONE_PARENT | SIGCHLD)

/* What a service may do beyond the common calls. */
enum box_needs {
	BOX_NEEDS_WRITE = 1,    /* make, link, rename and remove files */
	BOX_NEEDS_WATCH = 2,    /* inotify */
	BOX_NEEDS_DATAGRAM = 4, /* send to an address it names */
	BOX_NEEDS_ABORT = 8,    /* abort(): signals reach nobody else */
	BOX_NEEDS_FORK = 16,    /* clone(2) with BOX_FORK_FLAGS */
};

struct box_filter {
	struct sock_filter code[BOX_FILTER_MAX];
	struct sock_fprog program;
};

/*
 * Make the program for needs, a set of enum box_needs.  Returns the number of
 * its instructions.
 */
int box_filter_make(struct box_filter *, unsigned needs);

/*
 * Can this kernel load such programs?
 */
int box_filter_supported(void);

/*
 * Load it into this process, for ever (no_new_privs must be set).  Returns 0,
 * or -1 with errno.
 */
int box_filter_load(const struct box_filter *);

#endif

/*
 * box_filter.h - the system calls of a boxed child: a seccomp program, made
 * once by the master and loaded by each child as it is.
 *
 * Three answers: allowed; ENOSYS for what we do not know (the next libc tries
 * new calls first and falls back); the end of the process, by SIGSYS, for what
 * a service can never issue.  Some calls are judged by their arguments, and a
 * few are refused with EPERM.  The table is box_calls.c; libseccomp makes the
 * program, as a tree, for what loading costs is its length and depth: the
 * kernel runs it once for every call there is, to learn which are always
 * allowed.  Called only by box.c and box_plan.c.
 */
#ifndef BOX_FILTER_H
#define BOX_FILTER_H

#include <linux/filter.h>
#include <sched.h>
#include <signal.h>

#define BOX_FILTER_MAX 1024 /* instructions */

/* The one way to fork: the child becomes our sibling. */
#define BOX_FORK_FLAGS (CLONE_PARENT | SIGCHLD)

/* Where the socket is from which a child must receive but one datagram. */
#define BOX_DATAGRAM_FD 100

/* What a service may do beyond the common calls. */
enum box_needs {
	BOX_NEEDS_WRITE = 1,    /* make, link, rename and remove files */
	BOX_NEEDS_WATCH = 2,    /* inotify */
	BOX_NEEDS_DATAGRAM = 4, /* send to an address it names */
	BOX_NEEDS_ABORT = 8,    /* abort(): signals reach nobody else */
	BOX_NEEDS_FORK = 16,    /* clone(2) with BOX_FORK_FLAGS */
};

struct box_filter {
	unsigned short length;
	struct sock_filter code[BOX_FILTER_MAX];
};

/*
 * Make the program for needs, a set of enum box_needs.  Returns 0, or -1 with
 * errno.
 */
int box_filter_make(struct box_filter *, unsigned needs);

/*
 * Make the one that is loaded on top by a child that has received its only
 * datagram: it can receive no more.  Returns as box_filter_make().
 */
int box_filter_make_deaf(struct box_filter *);

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

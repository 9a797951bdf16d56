/*
 * seccomp.h - the system calls of a sandboxed child: a seccomp program, made
 * once by the master and loaded by each child as it is.
 *
 * Three answers: allowed; ENOSYS for what we do not know (the next libc tries
 * new calls first and falls back); the end of the process, by SIGSYS, for what
 * a service can never issue.  Some calls are judged by their arguments, and a
 * few are refused with EPERM.  The table is calls.c; libseccomp makes the
 * program, as a tree, for what loading costs is its length and depth: the
 * kernel runs it once for every call there is, to learn which are always
 * allowed.  Called only in sandbox/.
 */
#ifndef SECCOMP_FILTER_H
#define SECCOMP_FILTER_H

#include <linux/filter.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct call;

#define SECCOMP_FILTER_MAX 1024 /* instructions */

/* The one way to fork: the child becomes our sibling. */
#define SANDBOX_FORK_FLAGS (CLONE_PARENT | SIGCHLD)

/* What a service may do beyond the common calls. */
enum sandbox_needs {
	SANDBOX_NEEDS_WRITE = 1,    /* make, link, rename and remove files */
	SANDBOX_NEEDS_WATCH = 2,    /* inotify */
	SANDBOX_NEEDS_DATAGRAM = 4, /* send to an address it names */
	SANDBOX_NEEDS_ABORT = 8,    /* abort(): signals reach nobody else */
	SANDBOX_NEEDS_FORK = 16,    /* clone(2) with SANDBOX_FORK_FLAGS */
	SANDBOX_NEEDS_LOCK = 32,    /* lock parts of files */
	SANDBOX_NEEDS_FILTER = 64,  /* load a stricter filter on top */
	SANDBOX_NEEDS_BIRTH = 128,  /* what a restored child does first */
};

struct seccomp_filter {
	unsigned short length;
	struct sock_filter code[SECCOMP_FILTER_MAX];
};

/*
 * Make the program for needs, a set of enum sandbox_needs.  Returns 0, or -1 with
 * errno.
 */
int seccomp_filter_make(struct seccomp_filter *, unsigned needs);

/*
 * Make the one that is loaded on top by a child that has received its only
 * datagram: it can receive no more.  Returns as seccomp_filter_make().
 */
int seccomp_filter_make_deaf(struct seccomp_filter *);

/*
 * Make the one that is loaded on top once it is known which of several
 * services a child serves: it has no more than these needs.  Returns as
 * seccomp_filter_make().
 */
int seccomp_filter_make_less(struct seccomp_filter *, unsigned needs);

/*
 * Make the one that is loaded on top by a child that is restored: it changes
 * nothing that would last, and whatever its zygote had beyond these needs, to
 * fork it and for its birth, is taken back.  Make that of the restorer.  Return
 * as seccomp_filter_make().
 */
int seccomp_filter_make_restored(struct seccomp_filter *, unsigned needs);
int seccomp_filter_make_restorer(struct seccomp_filter *);

/*
 * Make that of the logger.  Returns as seccomp_filter_make().
 */
int seccomp_filter_make_logger(struct seccomp_filter *);

/*
 * Make that of a helper that looks names up (outward.h), and of one that runs
 * programs which do.  Returns as seccomp_filter_make().
 */
int seccomp_filter_make_outward(struct seccomp_filter *, bool runs);

/*
 * Make that of a helper that these calls are enough for: any other ends it
 * (strict.h).  Returns as seccomp_filter_make().
 */
int seccomp_filter_make_strict(
    struct seccomp_filter *, const struct call *, size_t count);

/*
 * Can this kernel load such programs?
 */
int seccomp_filter_supported(void);

/*
 * Load it into this process, for ever (no_new_privs must be set).  Returns 0,
 * or -1 with errno.
 */
int seccomp_filter_load(const struct seccomp_filter *);

#endif

/*
 * restore.h - a child that is put back into its pristine state after each of
 * its connections (--isolation restore): its own part in that.
 *
 * The restorer (restorer.h) puts back memory and registers from outside.  What
 * else a connection can change is put back here, by the child that is pristine
 * again, before it calls itself ready; and what cannot be put back by a call
 * is refused by its filters (sandbox/restored.h):
 *
 *	outside	contents of all writable memory of its own; all registers
 *	here	descriptors above its own: closed; the alarm; the signal mask;
 *		the alternate stack; it ends when half of its CPU time is used
 *	refused	the layout of memory, handlers of signals, limits, the name and
 *		whatever else prctl(2) sets, filters, Landlock, the working
 *		directory, the descriptors that all its clients have in common:
 *		their flags, offsets, options, copies
 *
 * A child that dies before it is ready has taken nobody along: the master
 * gives it a client only when the restorer says so.  Called by child.c.
 */
#ifndef RESTORE_H
#define RESTORE_H

#include <stdbool.h>
#include <sys/types.h>

struct sandbox_plan;

/* Contiguous memory that malloc(3) has for a connection, all there is. */
#define RESTORE_HEAP ((size_t)8 << 20)
/* Of the stack, below where it waits. */
#define RESTORE_STACK ((size_t)768 << 10)

/*
 * In the process that such children are forked by, once, before the first: all
 * the memory that a connection will have.  What is done here is theirs in
 * common, and nothing that each of them has of its own.  Returns 0 or -1.
 */
int restore_prepare(void);

/*
 * The last descriptor of a child whose control socket is this one; there
 * introduction lies in the zygote (below).
 */
int restore_last(int control);

/*
 * Open what the restorer needs of this process, and keep introduction, the
 * descriptor by which it gets it, all right above last.  Returns the last of
 * them.  Fills gaps below, so that no descriptor of a client has a low number.
 */
int restore_open(int last, int introduction);

/*
 * Enter the sandbox and be known to the restorer, forked by a zygote or not.
 * Returns 0, or -1 with errno if the child cannot live.  restore_begin() then
 * tells whether it is restored.
 */
int restore_enter(const struct sandbox_plan *, pid_t master, bool zygote);

/*
 * The beginning of each of its lives; the process comes out of here when it is
 * ready for a client.  Returns whether it will be restored after that one;
 * otherwise it is its only one.
 */
bool restore_begin(void);

/*
 * The connection is over: go to where restore_begin() returns.
 */
_Noreturn void restore_end(void);

#endif

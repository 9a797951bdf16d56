/*
 * restored.h - the sandbox of a child that is put back into its pristine state
 * after each connection (--isolation restore), and that of the restorer.
 *
 * Whatever a child could change for the next client, and that is neither put
 * back from outside (memory, registers) nor by the pristine child itself, is
 * refused by two more filters: the layout of its memory, handlers of signals,
 * limits, names, the sandbox itself, and whatever is done to the descriptors
 * that all of its clients have in common.
 */
#ifndef RESTORED_H
#define RESTORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct sandbox_plan;

/* The call that the restorer is told of, from certain addresses alone: one
 * that no libc issues, for it has a faster way to the same. */
#ifdef __x86_64__
#define RESTORED_CALL      SYS_time
#define RESTORED_CALL_TEXT "201"
#endif

#define RESTORED_PLACES 3
#define RESTORED_DROPS  2

/* Which pages of a range are there?  Linux 6.7; older headers lack it
 * (Documentation/admin-guide/mm/pagemap.rst). */
struct restored_scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages,
	    category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define RESTORED_SCAN    _IOWR('f', 16, struct restored_scan)
#define RESTORED_PRESENT (1U << 3)
#define RESTORED_SWAPPED (1U << 4)

/* Who is woken by a call or by its answer runs where the other did, who now
 * waits: Linux 6.6 (seccomp_unotify(2)). */
#define RESTORED_FLAGS _IOW('!', 4, uint64_t)
#define RESTORED_SYNC  1

struct restored_range {
	uint64_t at, size;
};

/* What the filters of one child must know. */
struct restored_wish {
	uint64_t place[RESTORED_PLACES]; /* where the restorer is called */
	/* What it may let go of (MADV_DONTNEED), which is empty when it is
	 * pristine. */
	struct restored_range drop[RESTORED_DROPS];
	int last; /* its last descriptor that is not a client's */
};

/*
 * Does this plan have it, and can this kernel?
 */
bool sandbox_restores(const struct sandbox_plan *);
bool restored_possible(void);

/*
 * As sandbox_enter(), for such a child, forked by a zygote that has entered
 * its part of it (sandbox_enter_zygote()) or not.  *listener becomes the
 * descriptor on which its calls are heard (seccomp_unotify(2)).
 */
int sandbox_enter_restored(const struct sandbox_plan *, pid_t master,
    const struct restored_wish *, bool zygote, int *listener);

/*
 * In the restorer: no file, no process, next to no calls.  Returns as
 * sandbox_enter().
 */
int sandbox_enter_restorer(const struct sandbox_plan *, pid_t master);

#endif

/*
 * turns.c - who is next on the processor.
 */
#include "system/turns.h"

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__has_include)
#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#endif
#endif

#include "system/pages.h"

#define SOON_NS               100000 /* the shortest that the kernel takes */
#define FLAG_RESET_ON_FORK    1
#define BYTES_OF_FIRST_KERNEL 48
#define RSEQ_BYTES            32 /* as glibc registers */

/* struct sched_attr: no header of the C library has it. */
struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

_Static_assert(sizeof(struct attr) == BYTES_OF_FIRST_KERNEL, "as it is there");

static PAGES_TOGETHER bool gave_way;
static int usual; /* the nice value of the master, where it was asked */

void
turns_soon(void)
{
	struct attr a = { .size = sizeof(a) };

	if (syscall(SYS_sched_getattr, 0, &a, sizeof(a), 0) < 0 ||
	    (a.policy != SCHED_OTHER && a.policy != SCHED_BATCH))
		return; /* whoever has chosen another one knows why */
	usual = a.nice;
	a.size = sizeof(a);
	a.flags |= FLAG_RESET_ON_FORK;
	a.runtime = SOON_NS;
	if (syscall(SYS_sched_setattr, 0, &a, 0) < 0) {
		/* Then turns are as usual. */
	}
}

void
turns_unseen(void)
{
#if defined(RSEQ_SIG) && defined(__x86_64__)
	char *thread;

	__asm__("mov %%fs:0, %0" : "=r"(thread)); /* its own address */
	if (syscall(SYS_rseq, thread + __rseq_offset, RSEQ_BYTES,
		RSEQ_FLAG_UNREGISTER, RSEQ_SIG) < 0) {
		/* Then it goes on writing. */
	}
#endif
}

void
turns_give_way(void)
{
	if (gave_way)
		return;
	gave_way = true;
	if (setpriority(PRIO_PROCESS, 0, usual + TURNS_LESS) < 0) {
		/* Where that is refused all are equal, as before. */
	}
}

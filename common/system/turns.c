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

#include "system/pages.h"

#define SOON_NS               100000 /* the shortest that the kernel takes */
#define FLAG_RESET_ON_FORK    1
#define BYTES_OF_FIRST_KERNEL 48

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
turns_give_way(void)
{
	if (gave_way)
		return;
	gave_way = true;
	if (setpriority(PRIO_PROCESS, 0, usual + TURNS_LESS) < 0) {
		/* Where that is refused all are equal, as before. */
	}
}

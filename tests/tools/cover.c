/*
 * cover.c - linked into the programs of "make cover" only: what keeps gcov's
 * counts from being lost.
 *
 * Children leave by _exit(2), which skips the handlers that save the counts;
 * and from inside the box no file can be written.  The linker's --wrap sends
 * these calls here.  With BERTH_COVER_UNBOXED in the environment there is no
 * box, only the death with the master.
 */
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>

struct box_plan;

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
/* Weak: the clients have no box. */
int __real_box_enter(const struct box_plan *, pid_t) __attribute__((weak));
int __wrap_box_enter(const struct box_plan *, pid_t);
int __real_box_enter_for(const struct box_plan *, size_t service)
    __attribute__((weak));
int __wrap_box_enter_for(const struct box_plan *, size_t service);

_Noreturn void
__wrap__exit(int status)
{
	/* In the box nothing can be opened, and trying would be heard. */
	if (open("/dev/null", O_RDWR | O_CLOEXEC) >= 0)
		__gcov_dump();
	__real__exit(status);
}

int
__wrap_box_enter(const struct box_plan *plan, pid_t master)
{
	if (getenv("BERTH_COVER_UNBOXED") == NULL)
		return __real_box_enter(plan, master);
	return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int
__wrap_box_enter_for(const struct box_plan *plan, size_t service)
{
	if (getenv("BERTH_COVER_UNBOXED") == NULL)
		return __real_box_enter_for(plan, service);
	return 0;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/*
 * cover_module.c - linked into the module of "make cover" only: gcov saves its
 * counts when the process ends, but where nothing may be opened for writing
 * (below a helper that looks names up, sandbox/outward.h) it says so on
 * standard error, in the middle of what the program says.  There its counts
 * are lost.
 */
#include <sys/prctl.h>

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void __real___gcov_exit(void);
void __wrap___gcov_exit(void);

void
__wrap___gcov_exit(void)
{
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0)
		__real___gcov_exit();
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

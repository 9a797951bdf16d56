/*
 * limits.c - limits that were there before us.
 */
#include "system/limits.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

#include "system/image.h"
#include "system/log.h"

#define KIB 1024

#define LEAST_FDS  (IMAGE_HIGH_FD + 32) /* some have high numbers */
#define FDS_ENOUGH 65536

/* The deepest conversation takes a part of it (tests/integration/limits.c). */
#define LEAST_STACK  (256 * KIB)
#define STACK_ENOUGH (8192 * KIB)

/* Filters and counts are files in memory, also of 512 children. */
#define LEAST_FILE (128 * KIB)

/* Raise the soft limit as far as this, if it may be. */
static rlim_t
raise_to(enum __rlimit_resource what, rlim_t enough)
{
	struct rlimit l;
	rlim_t had;

	if (getrlimit(what, &l) < 0)
		return RLIM_INFINITY;
	had = l.rlim_cur;
	if (had >= enough || had >= l.rlim_max)
		return had;
	l.rlim_cur = l.rlim_max < enough ? l.rlim_max : enough;
	return setrlimit(what, &l) < 0 ? had : l.rlim_cur;
}

/* The soft one stays: it may be somebody's wish that no log fills the disk. */
static void
files(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_FSIZE, &l) < 0)
		return;
	if (l.rlim_cur < LEAST_FILE)
		die(EXIT_OSERR,
		    "the limit on the size of files is %llu bytes, and must be "
		    "%d at least (ulimit -f)",
		    (unsigned long long)l.rlim_cur, LEAST_FILE);
	if (l.rlim_cur != RLIM_INFINITY)
		log_warn("no file may be longer than %llu bytes (ulimit -f): "
			 "mails and uploads beyond it are refused, and a log "
			 "ends there",
		    (unsigned long long)l.rlim_cur);
}

void
limits_begin(void)
{
	rlim_t fds = raise_to(RLIMIT_NOFILE, FDS_ENOUGH),
	       stack = raise_to(RLIMIT_STACK, STACK_ENOUGH),
	       cpu = raise_to(RLIMIT_CPU, RLIM_INFINITY);

	raise_to(RLIMIT_NPROC, RLIM_INFINITY);
	if (fds < LEAST_FDS)
		die(EXIT_OSERR,
		    "the limit on descriptors is %llu, and must be %d at "
		    "least (ulimit -n)",
		    (unsigned long long)fds, LEAST_FDS);
	if (stack < LEAST_STACK)
		die(EXIT_OSERR,
		    "the limit on the stack is %llu KiB, and must be %d KiB "
		    "at least (ulimit -s)",
		    (unsigned long long)stack / KIB, LEAST_STACK / KIB);
	/* Children see to it that no client is cut off (sandbox/worn.h). */
	if (cpu != RLIM_INFINITY)
		log_warn("each process may use the processor for %llu s "
			 "(ulimit -t), the server too: then it ends",
		    (unsigned long long)cpu);
	files();
}

const char *
limits_hint(int error)
{
	switch (error) {
	case EAGAIN:
		return " (the user's processes: ulimit -u; or those of the "
		       "cgroup)";
	case EFBIG:
		return " (ulimit -f)";
	case EMFILE:
		return " (ulimit -n)";
	case ENOMEM:
		return " (ulimit -v and -d, or the machine's memory)";
	default:
		return "";
	}
}

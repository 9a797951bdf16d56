/*
 * lacking.c - see lacking.h.
 */
#include "sandbox/lacking.h"

#include <errno.h>
#include <string.h>

#include "sandbox/seccomp.h"
#include "system/log.h"

int
lacking(const char *wall)
{
	int why = errno;

	if (why != ENOSYS && why != EOPNOTSUPP && why != EPERM && why != EACCES)
		return -1;
	log_warn("%s is not to be had (%s): it goes on without", wall,
	    strerror(why));
	return 0;
}

bool
lacking_seccomp(void)
{
	return !seccomp_filter_supported();
}

/*
 * whole.c - see whole.h.
 */
#include "system/whole.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "system/beside.h"

#define ENV_MAX 4096 /* words; more are left out */

/* In plain.c, which is in plain images only. */
extern const char plain_image __attribute__((weak));

static char *const *started_argv;
static char *started_env[ENV_MAX + 1];

bool
whole_is(void)
{
	return &plain_image == NULL;
}

void
whole_note(char *const *argv)
{
	size_t n = 0;

	started_argv = argv;
	for (char **e = environ; e != NULL && *e != NULL && n < ENV_MAX; e++)
		started_env[n++] = *e;
	started_env[n] = NULL;
}

void
whole_become(const char *program)
{
	char name[PATH_MAX], path[PATH_MAX];

	if (whole_is())
		return;
	snprintf(name, sizeof(name), WHOLE_FOLDER "/%s", program);
	if (beside_find(name, path, sizeof(path)) == 0)
		execve(path, started_argv, started_env);
}

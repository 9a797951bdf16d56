/*
 * run.c - other programs: certutil(1), and what makes the system's store.
 */
#include "ca.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int
run(bool loud, const char *const *argv)
{
	posix_spawn_file_actions_t actions;
	int status, error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	if (!loud) {
		posix_spawn_file_actions_addopen(
		    &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
		posix_spawn_file_actions_addopen(
		    &actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	} else {
		posix_spawn_file_actions_adddup2(
		    &actions, STDERR_FILENO, STDOUT_FILENO);
	}
	error = posix_spawnp(
	    &pid, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error != 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

bool
run_is_there(const char *program)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	for (const char *at = path; at != NULL;) {
		int n = (int)strcspn(at, ":");

		snprintf(file, sizeof(file), "%.*s/%s", n, at, program);
		if (access(file, X_OK) == 0)
			return true;
		at = at[n] == ':' ? at + n + 1 : NULL;
	}
	snprintf(file, sizeof(file), "/usr/sbin/%s", program);
	return access(file, X_OK) == 0;
}

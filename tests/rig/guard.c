/*
 * guard.c - something that happens when a test ends, however it ends.
 *
 * A guard is a shell that reads from a pipe whose other end only the test
 * holds.  End-of-file means that the test is gone: it acts.  A line means
 * that all is well: it just goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rig/place.h"
#include "rig/wait.h"

int
rig_guard(const char *line, const char *argument, pid_t *guard)
{
	char script[512];
	const char *argv[] = { "sh", "-c", script, "guard", argument, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	int ends[2], error;

	snprintf(script, sizeof(script), "read x || { %s; } 2>/dev/null", line);
	if (pipe2(ends, O_CLOEXEC) != 0)
		rig_die("pipe: %s", strerror(errno));
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, ends[0], 0);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	/* Apart, so that what is meant for the test's group spares it. */
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
	error = posix_spawn(
	    guard, "/bin/sh", &files, &how, (char *const *)argv, environ);
	if (error != 0)
		rig_die("cannot start a guard: %s", strerror(error));
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	close(ends[0]);
	return ends[1];
}

void
rig_guard_leave(int hold, pid_t guard)
{
	ssize_t done;

	do {
		done = write(hold, "\n", 1);
	} while (done < 0 && errno == EINTR);
	close(hold);
	while (waitpid(guard, NULL, 0) < 0 && errno == EINTR)
		;
}

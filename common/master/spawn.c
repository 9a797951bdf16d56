/*
 * spawn.c - the birth of a child.
 */
#include "master/spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child/logger.h"
#include "service/scoreboard.h"
#include "sandbox/sandbox.h"
#include "system/fdpass.h"
#include "system/log.h"
#include "system/oom.h"
#include "system/image.h"
#include "system/stack.h"

/* In a new process: become the same program with a fresh address space. */
static _Noreturn void
become(const struct pool_birth *b, int control, int channel)
{
	if (logger_speak(channel) == 0 &&
	    dup2(control, IMAGE_CONTROL_FD) >= 0 &&
	    scoreboard_bequeath() == 0 &&
	    sandbox_bequeath(b->setup.sandbox) == 0 &&
	    setenv(IMAGE_CHILD, "1", 1) == 0 && unsetenv("NOTIFY_SOCKET") == 0)
		execv(b->exec_path, b->exec_argv);
	log_error("%s: %s", b->exec_path, strerror(errno));
	_exit(CHILD_NOT_BORN);
}

pid_t
spawn_child(const struct pool_birth *b, int *control, int *log)
{
	int ends[2], channel[2], saved;
	pid_t pid;

	if (fdpass_pair(ends) < 0)
		return -1;
	if (logger_channel(channel) < 0) {
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	if (b->exec_argv == NULL)
		stack_forget();
	pid = fork();
	if (pid == 0)
		oom_volunteer();
	if (pid == 0 && b->exec_argv != NULL)
		become(b, ends[1], channel[1]);
	if (pid == 0)
		child_live(&b->setup, ends[1], channel[1], false);
	saved = errno;
	close(ends[1]);
	close(channel[1]);
	if (pid < 0) {
		close(ends[0]);
		close(channel[0]);
	}
	errno = saved;
	*control = ends[0];
	*log = channel[0];
	return pid;
}

bool
spawn_is_child(void)
{
	bool is = getenv(IMAGE_CHILD) != NULL;

	unsetenv(IMAGE_CHILD);
	return is;
}

/*
 * spawn.c - start a program: its descriptors, its attributes, its guard.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rig/inside.h"
#include "rig/place.h"
#include "rig/program.h"
#include "rig/wait.h"

#define MAX_FDS 16
#define SAFE_FD 200 /* above every descriptor a program is given */

/*
 * A file in memory to which each writer appends, whatever its own offset.
 */
static int
memory_file(const char *name)
{
	char path[64];
	int fd = memfd_create(name, MFD_CLOEXEC), add;

	if (fd < 0)
		rig_die("memfd_create: %s", strerror(errno));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	add = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
	if (add < 0)
		rig_die("%s: %s", path, strerror(errno));
	close(fd);
	return add;
}

static int
keep_safe(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, SAFE_FD);

	if (high < 0)
		rig_die("descriptor %d: %s", fd, strerror(errno));
	return high;
}

static void
set_files(posix_spawn_file_actions_t *files, const struct rig_how *how,
    const struct rig *r, int *safe)
{
	size_t n = 0;

	safe[n++] = keep_safe(
	    how->in > 0 ? how->in : open("/dev/null", O_RDWR | O_CLOEXEC));
	safe[n++] = keep_safe(r->out);
	safe[n++] = keep_safe(how->err > 0 ? how->err : r->err);
	for (size_t i = 0; i < how->fd_count && i < MAX_FDS; i++)
		safe[n++] = keep_safe(how->fds[i]);
	safe[n] = -1;

	posix_spawn_file_actions_init(files);
	for (size_t i = 0; i < n; i++)
		posix_spawn_file_actions_adddup2(files, safe[i], (int)i);
	posix_spawn_file_actions_addclosefrom_np(files, (int)n);
	if (how->dir != NULL)
		posix_spawn_file_actions_addchdir_np(files, how->dir);
}

/*
 * A group of its own, no signal blocked or ignored.
 */
static void
set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(attr);
	posix_spawnattr_setflags(attr,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
		POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &all);
}

static void
start(struct rig *r, const struct rig_how *how)
{
	const char *path = rig_path(how->argv[0]);
	const char *argv[RIG_MAX_ARGS + 1];
	char *env[RIG_MAX_ENV], text[32];
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int safe[MAX_FDS + 4], error;

	if (access(path, X_OK) != 0)
		rig_die("%s: %s", path, strerror(errno));
	rig_make_argv(how, path, argv);
	rig_make_env(how, env);
	set_files(&files, how, r, safe);
	set_attributes(&attr);
	error = posix_spawn(&r->pid, how->fd_count > 0 ? "/bin/sh" : path,
	    &files, &attr, (char *const *)argv, env);
	if (error != 0)
		rig_die("%s: %s", path, strerror(error));
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	for (size_t i = 0; safe[i] >= 0; i++)
		close(safe[i]);
	snprintf(text, sizeof(text), "-%d", (int)r->pid);
	r->hold = rig_guard("kill -s KILL -- $1", text, &r->guard);
}

struct rig *
rig_spawn(const struct rig_how *how)
{
	struct rig *r = calloc(1, sizeof(*r));
	const char *slash = strrchr(how->argv[0], '/');

	if (r == NULL)
		rig_die("out of memory");
	snprintf(r->name, sizeof(r->name), "%s",
	    slash != NULL ? slash + 1 : how->argv[0]);
	r->out = memory_file("stdout");
	r->err = memory_file("stderr");
	start(r, how);
	r->next = rig_all;
	rig_all = r;
	return r;
}

struct rig *
rig_serve(const char *const argv[], int fd)
{
	struct rig *r = rig_spawn(&(struct rig_how){ .argv = argv, .in = fd });

	close(fd);
	return r;
}

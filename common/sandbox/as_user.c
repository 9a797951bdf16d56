/*
 * as_user.c - work on a user's files, with that user's rights.
 */
#include "sandbox/as_user.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/privdrop.h"
#include "system/fdpass.h"

/* What that process says: once for each descriptor, or once for a fault. */
struct answer {
	int count; /* or -1 */
	int error;
	char what[128];
};

static _Noreturn void
work_there(
    const struct privdrop *u, as_user_work *work, const void *context, int sock)
{
	struct answer a = { .count = -1 };
	const char *what = "";
	int fd[AS_USER_FDS_MAX] = { 0 };

	if (privdrop_become(u) == 0)
		a.count = work(context, fd, &what);
	a.error = errno;
	snprintf(a.what, sizeof(a.what), "%s", what);
	if (a.count <= 0)
		fdpass_send(sock, &a, sizeof(a), -1);
	for (int i = 0; i < a.count && i < AS_USER_FDS_MAX; i++)
		fdpass_send(sock, &a, sizeof(a), fd[i]);
	_exit(0);
}

/* The next answer; a process that is stopped or hangs has none. */
static int
hear(int sock, struct answer *a, int *fd)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };
	int got;

	do {
		got = poll(&p, 1, AS_USER_WAIT_MS);
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		errno = ETIMEDOUT;
	if (got <= 0)
		return -1;
	got = fdpass_receive(sock, a, sizeof(*a), fd);
	if (got == 0)
		errno = ECANCELED;
	return got > 0 ? 0 : -1;
}

static int
take_answers(int sock, struct answer *a, int fd[AS_USER_FDS_MAX])
{
	int n = 0, one;

	*a = (struct answer){ .count = -1 };
	do {
		if (hear(sock, a, &one) < 0)
			break;
		if (a->count <= 0) {
			errno = a->error;
			return a->count;
		}
		fd[n++] = one;
	} while (n < a->count && n < AS_USER_FDS_MAX);
	if (n == a->count)
		return n;
	for (int why = errno; n > 0; errno = why)
		close(fd[--n]);
	return -1;
}

int
as_user(const struct privdrop *u, as_user_work *work, const void *context,
    int fd[AS_USER_FDS_MAX], const char **what)
{
	static struct answer a;
	int ends[2], n, why;
	pid_t pid;

	*what = "";
	if (!u->drop && !privdrop_has_caps())
		return work(context, fd, what);
	if (fdpass_pair(ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		work_there(u, work, context, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -1;
	}
	n = take_answers(ends[0], &a, fd);
	why = errno;
	close(ends[0]);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	*what = a.what;
	errno = why;
	return n;
}

/* A directory in another one: ELOOP if it is a link. */
static int
step(int at, const char *name, int flags)
{
	struct stat st;
	int fd = openat(at, name, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int why = errno;

	if (fd < 0 && why == ENOTDIR &&
	    fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		why = ELOOP;
	errno = why;
	return fd;
}

/* Walk there, one directory after the other, so that no link is followed on
 * any kernel.  Returns an O_PATH descriptor. */
static int
walk(const char *path)
{
	int at = open(path[0] == '/' ? "/" : ".", O_PATH | O_CLOEXEC);
	char rest[PATH_MAX], *left = rest, *name;

	if (snprintf(rest, sizeof(rest), "%s", path) >= (int)sizeof(rest)) {
		errno = ENAMETOOLONG;
		goto fail;
	}
	while (at >= 0 && (name = strsep(&left, "/")) != NULL) {
		int next;

		if (name[0] == '\0')
			continue;
		next = step(at, name, O_PATH);
		if (next < 0)
			goto fail;
		close(at);
		at = next;
	}
	return at;
fail:
	if (at >= 0) {
		int why = errno;

		close(at);
		errno = why;
	}
	return -1;
}

/* Can nobody but root change what is in this directory? */
static int
is_roots(int dir)
{
	struct stat st;

	if (fstat(dir, &st) < 0)
		return -1;
	if (st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return 0;
	errno = EACCES;
	return -1;
}

static int
make(const struct privdrop *u, int parent, const char *name)
{
	int dir;

	if (is_roots(parent) < 0 || mkdirat(parent, name, 0700) < 0)
		return -1;
	dir = step(parent, name, O_RDONLY);
	if (dir >= 0 && fchown(dir, u->uid, u->gid) < 0) {
		int why = errno;

		close(dir);
		unlinkat(parent, name, AT_REMOVEDIR);
		errno = why;
		return -1;
	}
	return dir;
}

int
as_user_find(const struct privdrop *u, const char *path)
{
	int found = walk(path), parent, why;
	char above[PATH_MAX];
	char *slash;

	if (found >= 0 || errno != ENOENT)
		return found;
	snprintf(above, sizeof(above), "%s", path);
	for (size_t n = strlen(above); n > 1 && above[n - 1] == '/'; n--)
		above[n - 1] = '\0';
	slash = strrchr(above, '/');
	if (slash != NULL)
		*slash++ = '\0';
	parent = slash == NULL ? walk(".") :
	    above[0] == '\0'   ? walk("/") :
				 walk(above);
	if (parent < 0)
		return -1;
	found = make(u, parent, slash == NULL ? above : slash);
	why = errno;
	close(parent);
	errno = why;
	return found;
}

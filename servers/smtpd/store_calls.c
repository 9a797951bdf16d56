/*
 * store_calls.c - what the store stands on: the system calls it makes, and
 * the directories they are about.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "smtpd/store.h"
#include "smtpd/store_dirs.h"

struct store_dirs store_dirs = { .root = -1, .tmp = -1, .new = -1, .own = -1 };

static int
sys_open(int dir, const char *name, int flags, mode_t mode)
{
	return openat(dir, name, flags, mode);
}

/* Never over something that is there: a name is used once. */
static int
sys_rename(int from, const char *a, int to, const char *b)
{
	if (renameat2(from, a, to, b, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(from, a, to, b, 0) < 0)
		return -1;
	unlinkat(from, a, 0); /* or the next sweep does it */
	return 0;
}

static int
sys_link(int from, const char *a, int to, const char *b)
{
	return linkat(from, a, to, b, 0);
}

static int
sys_unlink(int dir, const char *name)
{
	return unlinkat(dir, name, 0);
}

static int
sys_mkdir(int dir, const char *name)
{
	return mkdirat(dir, name, 0700);
}

struct store_ops store_ops = {
	.open = sys_open,
	.write = write,
	.fsync = fsync,
	.close = close,
	.rename = sys_rename,
	.link = sys_link,
	.unlink = sys_unlink,
	.mkdir = sys_mkdir,
};

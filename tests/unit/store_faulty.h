/*
 * store_faulty.h - the system calls under the store, one of which fails.
 *
 * The at-th of them fails in one of five ways, or kills the process before or
 * after it is done.  store_ops = faulty puts them under the store.
 */
#ifndef STORE_FAULTY_H
#define STORE_FAULTY_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>

#include "smtpd/store.h"
#include "smtpd/store_dirs.h"

enum fault { NO_SPACE, IO_ERROR, KILL_BEFORE, KILL_AFTER, SHORT, FAULTS };

static const char *const fault_names[FAULTS] = { "ENOSPC", "EIO",
	"SIGKILL before", "SIGKILL after", "a short write" };

static struct store_ops real;
static enum fault fault;
static int at, step;     /* which call, and how many there were */
static bool old_sandbox; /* Landlock 1: nothing goes to another directory */

/* Is this the call?  Then die, or say that it fails. */
static bool
hit(void)
{
	if (++step != at)
		return false;
	if (fault == KILL_BEFORE)
		raise(SIGKILL);
	errno = fault == NO_SPACE ? ENOSPC : EIO;
	return fault == NO_SPACE || fault == IO_ERROR;
}

static void
done(void)
{
	if (step == at && fault == KILL_AFTER)
		raise(SIGKILL);
}

#define FAULTY(result, name, parameters, arguments) \
	static result f_##name parameters           \
	{                                           \
		result r = -1;                      \
                                                    \
		if (!hit()) {                       \
			r = real.name arguments;    \
			done();                     \
		}                                   \
		return r;                           \
	}

/* clang-format off */
FAULTY(int, open, (int d, const char *n, int f, mode_t m), (d, n, f, m))
FAULTY(int, fsync, (int fd), (fd))
FAULTY(int, rename, (int a, const char *n, int b, const char *m), (a, n, b, m))
FAULTY(int, link, (int a, const char *n, int b, const char *m), (a, n, b, m))
FAULTY(int, mkdir, (int d, const char *n), (d, n))
/* clang-format on */

static int
b_rename(int a, const char *n, int b, const char *m)
{
	errno = EXDEV;
	return old_sandbox && a != b ? -1 : f_rename(a, n, b, m);
}

static int
b_link(int a, const char *n, int b, const char *m)
{
	errno = EXDEV;
	return old_sandbox && a != b ? -1 : f_link(a, n, b, m);
}

/* Unlinking is cleaning up: it may be killed, but when even that fails there
 * is nothing more to try. */
static int
f_unlink(int dir, const char *name)
{
	bool kills = fault == KILL_BEFORE || fault == KILL_AFTER;
	int r;

	if (kills)
		hit();
	r = real.unlink(dir, name);
	if (kills)
		done();
	return r;
}

static int
f_close(int fd)
{
	bool fails = hit();
	int r = real.close(fd);

	done();
	return fails ? -1 : r; /* closed all the same, as close(2) has it */
}

static ssize_t
f_write(int fd, const void *p, size_t n)
{
	ssize_t r;

	if (hit())
		return -1;
	r = real.write(fd, p, fault == SHORT && step == at && n > 1 ? 1 : n);
	done();
	return r;
}

/* clang-format off */
static const struct store_ops faulty = {
	f_open, f_write, f_fsync, f_close, b_rename, b_link, f_unlink, f_mkdir,
};
/* clang-format on */

#endif

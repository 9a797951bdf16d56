/*
 * store.c - the Maildir: writing a message and giving it its place.
 */
#include "smtpd/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "smtpd/smtpd.h"
#include "smtpd/store_dirs.h"
#include "system/clock.h"

#define ROOM (64 * 1024) /* bytes a file system must have left beyond it */

/* What has been added and not yet written; one message at a time. */
static char block[STORE_BLOCK];
static size_t filled;

static void
make_name(struct store_message *m)
{
	static unsigned count;
	int64_t now = clock_wall_us();

	snprintf(m->id, sizeof(m->id), "%lld.M%06dP%dQ%u",
	    (long long)(now / 1000000), (int)(now % 1000000), (int)getpid(),
	    ++count);
	snprintf(m->name, sizeof(m->name), "%s.%s", m->id, store_dirs.host);
}

void
store_begin(struct store_message *m, bool lf)
{
	*m = (struct store_message){ .fd = -1, .lf = lf };
	filled = 0;
	for (int tries = 0; tries < 10; tries++) {
		make_name(m);
		m->fd = store_ops.open(store_dirs.tmp, m->name,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (m->fd >= 0 || errno != EEXIST)
			break;
	}
	if (m->fd < 0)
		m->error = errno;
}

static void
fail(struct store_message *m)
{
	if (m->error == 0)
		m->error = errno;
}

static void
write_out(struct store_message *m, struct slice s)
{
	while (s.n > 0 && m->error == 0) {
		ssize_t n = store_ops.write(m->fd, s.p, s.n);

		if (n >= 0)
			s = slice_from(s, (size_t)n);
		else if (errno != EINTR)
			fail(m);
	}
}

/* The same with the other ends of lines. */
static void
write_ends(struct store_message *m, struct slice s)
{
	static char piece[MAIL_ENDS_ROOM(STORE_BLOCK / 2)];

	while (s.n > 0) {
		size_t n = s.n < STORE_BLOCK / 2 ? s.n : STORE_BLOCK / 2;
		size_t put =
		    mail_ends_put(&m->ends, (struct slice){ s.p, n }, piece);

		write_out(m, (struct slice){ piece, put });
		s = slice_from(s, n);
	}
}

static void
flush(struct store_message *m)
{
	struct slice s = { block, filled };

	if (m->lf)
		write_ends(m, s);
	else
		write_out(m, s);
	filled = 0;
}

char *
store_room(struct store_message *m, size_t *n)
{
	if (sizeof(block) - filled < 4096)
		flush(m);
	*n = sizeof(block) - filled;
	return block + filled;
}

void
store_grew(struct store_message *m, size_t n)
{
	/* After a failure the bytes go nowhere, but they are still taken. */
	filled = m->error == 0 ? filled + n : 0;
}

void
store_add(struct store_message *m, struct slice s)
{
	while (s.n > 0) {
		size_t n;
		char *to = store_room(m, &n);

		if (n > s.n)
			n = s.n;
		memcpy(to, s.p, n);
		store_grew(m, n);
		s = slice_from(s, n);
	}
}

/* What is written reaches the disk, or we hear of it; the file is closed. */
static void
settle(struct store_message *m, int durability)
{
	char held[1];

	flush(m);
	write_out(m, (struct slice){ held, mail_ends_end(&m->ends, held) });
	if (m->error == 0 && durability != STORE_NONE &&
	    store_ops.fsync(m->fd) < 0)
		fail(m);
	if (store_ops.close(m->fd) < 0)
		fail(m); /* NFS tells of a full disk here */
	m->fd = -1;
}

int
store_commit(struct store_message *m, struct slice folders, int durability)
{
	bool full = durability == STORE_FULL;

	if (m->fd >= 0)
		settle(m, durability);
	if (m->error == 0 && folders.n > 0 &&
	    store_spread(m->name, folders, full) < 0)
		fail(m);
	if (m->error == 0 && folders.n == 0) {
		if (store_move(m->name, full) < 0)
			fail(m);
		else
			m->name[0] = '\0'; /* nothing is left in tmp/ */
	}
	store_abort(m);
	return m->error == 0 ? 0 : -1;
}

void
store_abort(struct store_message *m)
{
	int kept = errno;

	if (m->fd >= 0)
		store_ops.close(m->fd);
	m->fd = -1;
	if (m->name[0] != '\0')
		store_ops.unlink(store_dirs.tmp, m->name);
	m->name[0] = '\0';
	filled = 0;
	errno = kept;
}

static bool
is_removed(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && st.st_nlink == 0;
}

bool
store_is_lost(const char *path)
{
	struct stat ours, there;

	if (is_removed(store_dirs.tmp) || is_removed(store_dirs.new))
		return true;
	if (fstat(store_dirs.root, &ours) < 0)
		return false;
	/* Who may not look that far does not know better. */
	if (stat(path, &there) < 0)
		return errno == ENOENT;
	return ours.st_dev != there.st_dev || ours.st_ino != there.st_ino;
}

bool
store_has_room(uint64_t bytes)
{
	struct statvfs fs;

	if (fstatvfs(store_dirs.tmp, &fs) < 0 || fs.f_blocks == 0)
		return true; /* it does not say */
	return bytes < UINT64_MAX - ROOM &&
	    (bytes + ROOM) / fs.f_frsize < fs.f_bavail && fs.f_ffree != 0;
}

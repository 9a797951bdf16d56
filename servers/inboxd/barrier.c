/*
 * barrier.c - let the index catch up with the Maildir.
 */
#include "inboxd/barrier.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "inboxd/changes.h"
#include "inboxd/inbox.h"
#include "mail/maildir_open.h"
#include "system/clock.h"

static int watch = -1;     /* of the directory; made when first needed */
static int64_t not_before; /* after one that took too long */
static unsigned count;

static void
begin_watch(void)
{
	if (watch >= 0)
		return;
	watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch >= 0 &&
	    changes_add(watch, INDEX_SYNC, ".", IN_DELETE | IN_DELETE_SELF) <
		0) {
		close(watch);
		watch = -1;
	}
}

/* Put the file there.  Returns 0, or -1: there is nobody to remove it. */
static int
raise(char path[MAILDIR_NAME_MAX])
{
	int fd;

	snprintf(path, MAILDIR_NAME_MAX, INDEX_SYNC "/%d.%u", (int)getpid(),
	    ++count);
	/* It stays empty: in there we can make files and not write them. */
	fd = maildir_make_beneath(maildir_root(inbox.maildir), path,
	    O_RDONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static bool
is_there(const char *path)
{
	return faccessat(maildir_root(inbox.maildir), path, F_OK,
		   AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT;
}

static void
forget_events(void)
{
	char waste[4096];

	while (read(watch, waste, sizeof(waste)) > 0)
		;
}

static bool
is_complete(void)
{
	struct index_state s;

	return index_state(inbox.index, &s) == 0 && s.complete;
}

/*
 * All that lay in the Maildir at the start must have been looked at once: mail
 * may come, and be asked for, before the indexer has begun.
 */
static bool
wait_for_index(int64_t until)
{
	static bool complete;
	struct pollfd p = { .fd = -1, .events = POLLIN };
	int left;

	complete = complete || is_complete();
	if (complete)
		return true;
	p.fd = changes_watch();
	while (p.fd >= 0) {
		changes_hear(p.fd);
		complete = is_complete();
		left = clock_left_ms(until);
		if (complete || left == 0)
			break;
		poll(&p, 1, left);
	}
	changes_forget(p.fd);
	return complete;
}

bool
barrier_wait(void)
{
	char path[MAILDIR_NAME_MAX];
	int64_t until = clock_ms() + BARRIER_MS;
	struct pollfd p = { .events = POLLIN };

	if (clock_ms() < not_before)
		return false;
	if (!wait_for_index(until)) {
		not_before = clock_ms() + BARRIER_PAUSE_MS;
		return false;
	}
	begin_watch();
	if (watch < 0 || raise(path) < 0)
		return false;
	p.fd = watch;
	while (is_there(path)) {
		int left = clock_left_ms(until);

		if (left == 0) {
			unlinkat(maildir_root(inbox.maildir), path, 0);
			not_before = clock_ms() + BARRIER_PAUSE_MS;
			return false;
		}
		if (poll(&p, 1, left) > 0)
			forget_events();
	}
	return true;
}

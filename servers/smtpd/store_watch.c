/*
 * store_watch.c - the Maildir is removed, renamed, or loses a part of it while
 * we run: noticed in the master, before the next client comes.
 *
 * Who tests mail removes the folder between two tests.  A child cannot make
 * it anew, for its sandbox ends at the old one, so the next client waits until
 * another image has (master/paths.c).  What is not seen from here, a directory
 * above that is renamed, the child sees (store_is_lost()) and puts its client
 * off.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "smtpd/smtpd.h"
#include "smtpd/store.h"
#include "smtpd/store_dirs.h"
#include "system/log.h"

#define ITSELF (IN_DELETE_SELF | IN_MOVE_SELF)
#define PARTS  (IN_DELETE | IN_MOVED_FROM)

static int watching = -1;

int
store_watch(struct service *s)
{
	char path[40];

	(void)s;
	watching = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	/* By its descriptor: whatever the path means by now. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", store_dirs.root);
	if (watching >= 0 &&
	    inotify_add_watch(watching, path, ITSELF | PARTS | IN_ONLYDIR) >= 0)
		return watching;
	log_debug(
	    "%s: not watched: %s", smtpd_options.maildir, strerror(errno));
	if (watching >= 0)
		close(watching);
	watching = -1;
	return -1;
}

/* One that mail is written to by us, or looked for by others. */
static bool
is_part(const char *name)
{
	static const char *const parts[] = { "tmp", "new", "cur", ".berth" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(name, parts[i]) == 0)
			return true;
	return false;
}

static bool
is_loss(const struct inotify_event *e)
{
	return (e->mask & ITSELF) != 0 ||
	    ((e->mask & PARTS) != 0 && (e->mask & IN_ISDIR) != 0 &&
		e->len > 0 && is_part(e->name));
}

bool
store_moved(struct service *s)
{
	_Alignas(struct inotify_event) char events[4096];
	static bool told;
	bool lost = false;
	ssize_t n;

	(void)s;
	while ((n = read(watching, events, sizeof(events))) > 0)
		for (const char *p = events; p < events + n;) {
			const struct inotify_event *e = (const void *)p;

			lost = lost || is_loss(e);
			p += sizeof(*e) + e->len;
		}
	if (lost && !told)
		log_info("%s: removed or renamed: it is made anew with the "
			 "next mail",
		    smtpd_options.maildir);
	told = told || lost; /* this image cannot mend it */
	return lost;
}

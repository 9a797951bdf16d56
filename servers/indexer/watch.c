/*
 * watch.c - what happens in a Maildir.
 */
#include "indexer/watch_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "mail/index.h"
#include "mail/maildir_open.h"
#include "system/log.h"

#define SELF (IN_DELETE_SELF | IN_MOVE_SELF)
#define DIRS \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE)
#define MAILS \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE)
#define KEYWORDS "dovecot-keywords"

/* A file of the index, as it is called in its directory. */
#define NAME(path) (strchr((path), '/') + 1)

/* Watch the directory fd, which is closed. */
static int
add(struct watch *w, int fd, struct place p, const char *folder, uint32_t mask)
{
	char path[32];
	int status = 0;

	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	p.wd = inotify_add_watch(w->fd, path, mask | IN_ONLYDIR);
	close(fd);
	if (p.wd < 0) {
		if (!w->full)
			log_warn("%s: not watched: %s%s", folder,
			    strerror(errno),
			    errno == ENOSPC ? " (raise the sysctl "
					      "fs.inotify.max_user_watches)" :
					      "");
		w->full = true;
		return -1;
	}
	if (watch_place_of(w, p.wd) != NULL)
		return 0; /* it is watched already */
	p.folder = strdup(folder);
	if (p.folder == NULL || watch_remember(w, &p) < 0) {
		free(p.folder);
		inotify_rm_watch(w->fd, p.wd);
		status = -1;
	}
	return status;
}

static int
open_dir(const struct watch *w, const char *name)
{
	return maildir_open_beneath(
	    maildir_root(w->m), name, O_RDONLY | O_DIRECTORY);
}

static void
add_parts(struct watch *w, const char *folder)
{
	for (enum maildir_part p = MAILDIR_NEW; p <= MAILDIR_CUR; p++)
		add(w, maildir_open_part(w->m, folder, p),
		    (struct place){ .kind = PART, .part = p }, folder, MAILS);
}

/* INDEX_DIR may be a folder too; then both look at what happens in it. */
static int
add_folder(void *with, const char *name)
{
	struct watch *w = with;
	bool index = strcmp(name, INDEX_DIR) == 0;

	add(w, open_dir(w, name),
	    (struct place){ .kind = index ? INDEX : FOLDER }, name, DIRS);
	add_parts(w, name);
	if (index)
		add(w, open_dir(w, INDEX_SYNC), (struct place){ .kind = SYNC },
		    name, IN_CREATE);
	return 0;
}

struct watch *
watch_new(const struct maildir *m)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->m = m;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0 ||
	    add(w, open_dir(w, "."), (struct place){ .kind = ROOT }, "",
		DIRS | SELF) < 0) {
		watch_free(w);
		return NULL;
	}
	add_parts(w, "");
	add_folder(w, INDEX_DIR);
	maildir_hidden(m, add_folder, w);
	return w;
}

void
watch_free(struct watch *w)
{
	int kept = errno;

	if (w == NULL)
		return;
	for (size_t i = 0; i < w->count; i++)
		free(w->places[i].folder);
	free(w->places);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
	errno = kept;
}

bool
watch_is_partial(const struct watch *w)
{
	return w->full;
}

int
watch_fd(const struct watch *w)
{
	return w->fd;
}

struct told {
	struct watch *w;
	watch_each *each;
	void *with;
	int count;
};

static void
tell(struct told *t, enum watch_kind kind, const char *folder,
    enum maildir_part part, const char *name)
{
	struct watch_event e = { .kind = kind, .file.part = part };

	if (strlen(name) >= MAILDIR_NAME_MAX)
		return;
	snprintf(e.file.folder, sizeof(e.file.folder), "%s", folder);
	snprintf(e.file.name, sizeof(e.file.name), "%s", name);
	t->each(t->with, &e);
	t->count++;
}

static void
hear_mail(struct told *t, const struct place *p, const struct inotify_event *e)
{
	enum watch_kind kind = (e->mask & IN_MOVED_TO) != 0 ? WATCH_CAME :
	    (e->mask & IN_CLOSE_WRITE) != 0                 ? WATCH_WRITTEN :
	    (e->mask & IN_CREATE) != 0                      ? WATCH_MADE :
	    (e->mask & IN_DELETE) != 0                      ? WATCH_WENT :
							      WATCH_AWAY;

	if ((e->mask & IN_ISDIR) == 0 && maildir_is_message(e->name))
		tell(t, kind, p->folder, p->part, e->name);
}

static void
add_sync(struct watch *w)
{
	add(w, open_dir(w, INDEX_SYNC), (struct place){ .kind = SYNC },
	    INDEX_DIR, IN_CREATE);
}

/* In the index's directory. */
static void
hear_index(struct told *t, const struct inotify_event *e)
{
	bool came = (e->mask & (IN_CREATE | IN_MOVED_TO)) != 0;
	bool file = strcmp(e->name, NAME(INDEX_FILE)) == 0;
	bool aside = strcmp(e->name, NAME(INDEX_SYNC)) == 0 ||
	    strcmp(e->name, NAME(INDEX_SESSIONS)) == 0;

	if (aside && came)
		add_sync(t->w);
	if ((aside && !came) || (file && (e->mask & IN_CREATE) == 0))
		tell(t, WATCH_INDEX, INDEX_DIR, MAILDIR_CUR, "");
}

/* In the Maildir: a folder; in a folder: its parts, its keywords. */
static void
hear_dir(struct told *t, const struct place *p, const struct inotify_event *e)
{
	char folder[MAILDIR_NAME_MAX];
	bool part = strcmp(e->name, "new") == 0 || strcmp(e->name, "cur") == 0;

	if (strcmp(e->name, KEYWORDS) == 0) {
		tell(t, WATCH_KEYWORDS, p->folder, MAILDIR_CUR, "");
		return;
	}
	if ((e->mask & IN_ISDIR) == 0 || (!part && p->kind != ROOT))
		return;
	snprintf(folder, sizeof(folder), "%s", part ? p->folder : e->name);
	if (!part && folder[0] != '.')
		return;
	if (part)
		add_parts(t->w, folder);
	else
		add_folder(t->w, folder);
	tell(t, WATCH_FOLDER, folder, MAILDIR_CUR, "");
	if (strcmp(folder, INDEX_DIR) == 0)
		tell(t, WATCH_INDEX, folder, MAILDIR_CUR, "");
}

static void
hear(struct told *t, const struct inotify_event *e)
{
	const struct place *p = watch_place_of(t->w, e->wd);
	bool index = p != NULL && p->kind == INDEX; /* p may move */

	if ((e->mask & IN_Q_OVERFLOW) != 0) {
		maildir_hidden(t->w->m, add_folder, t->w);
		tell(t, WATCH_LOST, "", MAILDIR_CUR, "");
	}
	if (p == NULL)
		return;
	if ((e->mask & IN_IGNORED) != 0) {
		watch_forget(t->w, e->wd);
		return;
	}
	if ((e->mask & SELF) != 0) {
		tell(t, WATCH_GONE, "", MAILDIR_CUR, "");
		return;
	}
	if (e->len == 0)
		return;
	if (p->kind == PART)
		hear_mail(t, p, e);
	else if (p->kind == SYNC)
		tell(t, WATCH_SYNC, "", MAILDIR_CUR, e->name);
	else
		hear_dir(t, p, e);
	if (index)
		hear_index(t, e);
}

int
watch_hear(struct watch *w, watch_each *each, void *with)
{
	_Alignas(struct inotify_event) char events[16384];
	struct told t = { .w = w, .each = each, .with = with };
	ssize_t n;

	while ((n = read(w->fd, events, sizeof(events))) > 0) {
		const struct inotify_event *e;

		for (char *p = events; p < events + n;
		     p += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)p;
			hear(&t, e);
		}
	}
	return t.count;
}

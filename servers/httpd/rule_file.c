/*
 * rule_file.c - one of the files _headers and _redirects, read when it changes.
 */
#include "httpd/rule_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "httpd/open.h"
#include "httpd/site.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/pages.h"

#define TICK_US 20000    /* as in cached_file.c */
#define TELL_US 10000000 /* its faults are told so long after a change */

static char composed[TARGET_MAX];
static PAGES_TOGETHER const char *path; /* of the one looked at */
static PAGES_TOGETHER struct stat now;  /* of the site's folder ... */
static PAGES_TOGETHER bool is_now;      /* ... as this request began */

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size && same_time(a->st_mtim, b->st_mtim) &&
	    same_time(a->st_ctim, b->st_ctim);
}

/* How long ago it was changed. */
static int64_t
age_us(const struct stat *st)
{
	return clock_wall_us() - st->st_ctim.tv_sec * 1000000 -
	    st->st_ctim.tv_nsec / 1000;
}

static bool
read_all(struct rule_file *f, int fd)
{
	buf_free(&f->text);
	buf_init(&f->text, RULE_FILE_MAX);
	for (;;) {
		char *to = buf_room(&f->text, 4096);
		ssize_t n;

		if (to == NULL) {
			errno = EFBIG;
			return false;
		}
		n = read(fd, to, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		buf_grew(&f->text, (size_t)n);
	}
}

static void
parse(struct rule_file *f, bool tell)
{
	struct slice rest = buf_slice(&f->text);

	for (unsigned number = 1; rest.p != NULL; number++) {
		struct slice line = slice_cut(&rest, '\n');
		const char *why;

		if (slice_ends(line, "\r"))
			line.n--;
		why = f->line(line);
		if (why != NULL && tell)
			log_warn("%s:%u: %s", path, number, why);
	}
}

/*
 * Is it still not there?  For as long as no name came into the folder or left
 * it, which one look at an open descriptor tells.
 */
static bool
is_still_absent(struct rule_file *f)
{
	if (f->folder.st_ino == 0)
		return false;
	is_now = is_now || fstat(site.root, &now) == 0;
	return is_now && is_same(&now, &f->folder);
}

/* There is no such name, not even a link that leads nowhere: since when? */
static void
note_absence(struct rule_file *f)
{
	struct stat none;

	if (fstat(site.root, &f->folder) < 0 || age_us(&f->folder) < TICK_US ||
	    fstatat(site.root, f->name, &none, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT)
		f->folder.st_ino = 0;
}

/* What is there now: *st, and its name in path. */
static void
find(struct rule_file *f, const struct target *p, struct stat *st)
{
	int host = p == NULL ? 0 : (int)p->host;

	path = f->name;
	if (host > 0) {
		snprintf(composed, sizeof(composed), "%.*s/%s", host, p->text,
		    f->name);
		path = composed;
	} else if (is_still_absent(f)) {
		*st = (struct stat){ 0 };
		return;
	}
	if (fstatat(site.root, path, st, 0) < 0 || !S_ISREG(st->st_mode))
		*st = (struct stat){ 0 };
	f->folder.st_ino = 0;
	if (host == 0 && st->st_ino == 0)
		note_absence(f);
}

/* p: as for find(); tell: whatever its age. */
static void
look(struct rule_file *f, const struct target *p, bool tell)
{
	struct stat st;
	int fd;

	find(f, p, &st);
	if (is_same(&st, &f->st) && !f->fresh)
		return;
	f->clear();
	f->st = st;
	f->fresh = false;
	if (st.st_ino == 0)
		return;
	tell = tell || age_us(&st) < TELL_US;
	f->fresh = age_us(&st) < TICK_US;
	fd = site_open(path, &st);
	if (fd >= 0 && read_all(f, fd))
		parse(f, tell);
	else if (tell)
		log_warn("%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

void
rule_file_prepare(struct rule_file *f, bool told)
{
	is_now = false;
	look(f, NULL, !told);
}

void
rule_file_look(struct rule_file *f, const struct target *p, bool again)
{
	is_now = is_now && again;
	look(f, p, false);
	is_now = is_now && !again;
}

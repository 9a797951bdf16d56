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
#include "service/scoreboard.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/pages.h"

#define TICK_US 20000    /* as in cached_file.c */
#define TELL_US 10000000 /* where nobody knows what others have told */

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

static uint64_t
stir(uint64_t sum, int64_t n)
{
	return (sum ^ (uint64_t)n) * 1099511628211U; /* of FNV-1a */
}

/* Of this file as it is, a number that is not 0. */
static uint64_t
version(const struct stat *st)
{
	uint64_t sum = 14695981039346656037U;

	for (const char *p = path; *p != '\0'; p++)
		sum = stir(sum, *p);
	sum = stir(sum, (int64_t)st->st_dev);
	sum = stir(sum, (int64_t)st->st_ino);
	sum = stir(sum, st->st_size);
	sum = stir(sum, st->st_mtim.tv_sec);
	sum = stir(sum, st->st_mtim.tv_nsec);
	sum = stir(sum, st->st_ctim.tv_sec);
	sum = stir(sum, st->st_ctim.tv_nsec);
	return (sum ^ sum >> 32) | 1;
}

/* It is wrong: has nobody said so yet? */
static bool
is_news(const struct rule_file *f, bool first)
{
	bool news = scoreboard_tell(version(&f->st));

	if (first)
		return true;
	return scoreboard_read() != NULL ? news : age_us(&f->st) < TELL_US;
}

static void
parse(struct rule_file *f, bool first)
{
	struct slice rest = buf_slice(&f->text);
	enum { UNKNOWN, TELL, SILENT } tell = UNKNOWN;

	for (unsigned number = 1; rest.p != NULL; number++) {
		struct slice line = slice_cut(&rest, '\n');
		const char *why;

		if (slice_ends(line, "\r"))
			line.n--;
		why = f->line(line);
		if (why != NULL && tell == UNKNOWN)
			tell = is_news(f, first) ? TELL : SILENT;
		if (why != NULL && tell == TELL)
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

/* p: as for find(); first: by who starts, and tells whatever is wrong. */
static void
look(struct rule_file *f, const struct target *p, bool first)
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
	f->fresh = age_us(&st) < TICK_US;
	fd = site_open(path, &st);
	if (fd >= 0 && read_all(f, fd))
		parse(f, first);
	else if (is_news(f, first))
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

/*
 * rules_file.c - the rules that the mail server obeys while it runs.
 */
#include "inboxd/rules_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "inboxd/inbox.h"
#include "system/clock.h"
#include "system/io.h"

/* The new file, and by being there the lock of those who change the old. */
#define NEW_FILE "tmp/.rules"

#define WAIT_MS        2000 /* for others who change it */
#define DEAD_S         10   /* one that is older was left behind */
#define NAP_NS         3e6  /* between two looks */
#define LINE_MAX_BYTES 2048

/* 1 with the rule, of which copy has the pieces; 0 if it is none; or -1. */
static int
parse(struct slice line, char copy[LINE_MAX_BYTES], struct rule *r,
    const char **why)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	*why = "longer than a rule may be, or not a text";
	if (slice_copy(line, copy, LINE_MAX_BYTES) < 0)
		return -1;
	return rules_parse(copy, r, why);
}

static bool
is_in(const struct rule *r, const struct rules_scope *s)
{
	if (s->mailbox == NULL && s->label != NULL && r->mailbox != NULL)
		return false;
	if (s->mailbox != NULL &&
	    (r->mailbox == NULL ||
		!slice_iis(slice_of(r->mailbox), s->mailbox)))
		return false;
	return s->label == NULL ||
	    (r->label != NULL && slice_starts(slice_of(r->label), s->label));
}

void
rules_file_each(struct slice text, const struct rules_scope *scope,
    rules_each *each, void *with)
{
	while (text.n > 0) {
		struct slice line = slice_cut(&text, '\n');
		char copy[LINE_MAX_BYTES];
		const char *why;
		struct rule r;

		if (parse(line, copy, &r, &why) > 0 && is_in(&r, scope))
			each(with, &r, line);
	}
}

int
rules_file_read(struct buf *text)
{
	struct stat st;
	char *p;
	ssize_t n;
	int fd = openat(maildir_root(inbox.maildir), RULES_FILE,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > RULES_FILE_MAX) {
		close(fd);
		return 0; /* nobody obeys that */
	}
	p = buf_room(text, RULES_FILE_MAX);
	n = p == NULL ? -1 : read(fd, p, RULES_FILE_MAX);
	if (n > 0)
		buf_grew(text, (size_t)n);
	close(fd);
	return n < 0 ? -1 : 0;
}

bool
rules_file_check(struct slice text, const char *mailbox, struct buf *why)
{
	size_t number = 0, count = 0;

	while (text.n > 0) {
		struct slice line = slice_cut(&text, '\n');
		char copy[LINE_MAX_BYTES];
		const char *words = NULL;
		struct rule r;
		int status = parse(line, copy, &r, &words);

		number++;
		count += status > 0;
		if (status > 0 && mailbox != NULL && r.stage < RULES_RCPT)
			words = "no recipient is known at this stage, so it "
				"cannot be a mailbox's";
		else if (status > 0 && mailbox != NULL && r.mailbox != NULL)
			words = "mailbox= is that of the request";
		else if (count > RULES_MAX)
			words = "more rules than there may be";
		else if (status >= 0)
			continue;
		buf_addf(why, "line %zu: %s\n", number, words);
		return false;
	}
	return true;
}

/* The stage, then the mailbox, then the rest of the line. */
static void
add_scoped(struct buf *out, struct slice line, const char *mailbox)
{
	struct slice rest = slice_trim(line), stage = slice_cut(&rest, ' ');

	if (mailbox == NULL || stage.n == 0 || stage.p[0] == '#') {
		buf_adds(out, line);
	} else {
		buf_adds(out, stage);
		buf_addf(out, " mailbox=%s ", mailbox);
		buf_adds(out, rest);
	}
	buf_addc(out, '\n');
}

void
rules_file_plain(struct buf *out, struct slice line)
{
	static const struct slice condition = SLICE(" mailbox=");
	const char *found = memmem(line.p, line.n, condition.p, condition.n);

	if (found != NULL) {
		struct slice rest = slice_between(found + 1, line.p + line.n);

		slice_cut(&rest, ' ');
		buf_add(out, line.p, (size_t)(found + 1 - line.p));
		buf_adds(out, rest);
	} else {
		buf_adds(out, line);
	}
	buf_addc(out, '\n');
}

/* All lines of old that are not of the scope. */
static void
add_others(struct buf *out, struct slice old, const struct rules_scope *scope)
{
	while (old.n > 0) {
		struct slice line = slice_cut(&old, '\n');
		char copy[LINE_MAX_BYTES];
		const char *why;
		struct rule r;
		int status = parse(line, copy, &r, &why);

		if (status > 0 ? is_in(&r, scope) :
				 scope->mailbox == NULL && scope->label == NULL)
			continue;
		buf_adds(out, line);
		buf_addc(out, '\n');
	}
}

static void
make(struct buf *out, struct slice old, const struct rules_scope *scope,
    struct slice text)
{
	bool first = scope->mailbox != NULL;

	if (!first)
		add_others(out, old, scope);
	while (text.n > 0) {
		struct slice line = slice_cut(&text, '\n');

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n > 0)
			add_scoped(out, line, scope->mailbox);
	}
	if (first)
		add_others(out, old, scope);
}

static int
make_new_file(int root)
{
	int64_t until = clock_ms() + WAIT_MS;
	struct timespec nap = { 0, (long)NAP_NS };
	struct stat st;
	int fd;

	while ((fd = openat(root, NEW_FILE,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    0600)) < 0) {
		if (errno != EEXIST)
			return -1;
		if (fstatat(root, NEW_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    clock_wall_s() - st.st_mtime > DEAD_S)
			unlinkat(root, NEW_FILE, 0);
		else if (clock_ms() >= until) {
			errno = EBUSY;
			return -1;
		}
		nanosleep(&nap, NULL);
	}
	return fd;
}

static int
write_new(int fd, const struct rules_scope *scope, struct slice text)
{
	struct buf old, made, why;
	int status = -1;

	buf_init(&old, RULES_FILE_MAX);
	buf_init(&made, RULES_FILE_MAX);
	buf_init(&why, 256);
	if (rules_file_read(&old) == 0) {
		make(&made, buf_slice(&old), scope, text);
		errno = EFBIG;
		if (!made.failed &&
		    rules_file_check(buf_slice(&made), NULL, &why) &&
		    io_write_all(fd, made.p, made.n) == (ssize_t)made.n)
			status = 0;
	}
	buf_free(&old);
	buf_free(&made);
	buf_free(&why);
	return status;
}

int
rules_file_change(const struct rules_scope *scope, struct slice text)
{
	int root = maildir_root(inbox.maildir), why;
	int fd = make_new_file(root), status;

	if (fd < 0)
		return -1;
	status = write_new(fd, scope, text);
	if (close(fd) < 0)
		status = -1;
	if (status == 0)
		status = renameat(root, NEW_FILE, root, RULES_FILE);
	if (status == 0)
		return 0;
	why = errno;
	unlinkat(root, NEW_FILE, 0);
	errno = why;
	return -1;
}

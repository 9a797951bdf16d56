/*
 * maildir_keywords.c - the file that gives the lower-case flags their names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bytes/ascii.h"
#include "bytes/buf.h"
#include "bytes/num.h"
#include "mail/maildir.h"
#include "mail/maildir_open.h"
#include "system/io.h"

#define FILE_NAME "dovecot-keywords"
#define FILE_ROOM 8192 /* more than 26 lines can have */

static int
open_folder(const struct maildir *m, const char *folder)
{
	return maildir_open_beneath(maildir_root(m),
	    folder[0] == '\0' ? "." : folder, O_RDONLY | O_DIRECTORY);
}

static void
read_line(struct slice line, struct maildir_keywords *k)
{
	struct slice name = line;
	struct slice number = slice_cut(&name, ' ');
	uint64_t i;

	if (slice_ends(name, "\r"))
		name.n--;
	if (name.n > 0 &&
	    num_within(number, 0, MAILDIR_KEYWORDS - 1, &i) == NUM_OK)
		slice_copy(name, k->name[i], MAILDIR_KEYWORD_MAX);
}

static void
read_in(int dir, struct maildir_keywords *k)
{
	int fd = maildir_open_beneath(dir, FILE_NAME, O_RDONLY | O_NOCTTY);
	char text[FILE_ROOM];
	struct slice rest = { text, 0 };
	ssize_t n;

	memset(k, 0, sizeof(*k));
	if (fd < 0)
		return;
	n = io_read_all(fd, text, sizeof(text));
	close(fd);
	rest.n = n > 0 ? (size_t)n : 0;
	while (rest.n > 0)
		read_line(slice_cut(&rest, '\n'), k);
}

void
maildir_keywords(
    const struct maildir *m, const char *folder, struct maildir_keywords *k)
{
	int dir = open_folder(m, folder);

	memset(k, 0, sizeof(*k));
	if (dir < 0)
		return;
	read_in(dir, k);
	close(dir);
}

/* Not every Maildir has one: some are only read. */
static int
open_tmp(const struct maildir *m)
{
	int root = maildir_root(m);
	int fd = maildir_open_beneath(root, "tmp", O_RDONLY | O_DIRECTORY);

	if (fd < 0 && errno == ENOENT && mkdirat(root, "tmp", 0700) == 0)
		fd = maildir_open_beneath(root, "tmp", O_RDONLY | O_DIRECTORY);
	return fd;
}

/*
 * Under another name first, so that nobody reads half of it; and in tmp/, which
 * is where files are written.
 */
static int
write_out(const struct maildir *m, int dir, const struct maildir_keywords *k)
{
	int tmp = open_tmp(m);
	char name[64];
	struct buf b;
	int fd, status = -1;

	if (tmp < 0)
		return -1;
	snprintf(name, sizeof(name), FILE_NAME ".%d", (int)getpid());

	buf_init(&b, FILE_ROOM);
	for (int i = 0; i < MAILDIR_KEYWORDS; i++)
		if (k->name[i][0] != '\0')
			buf_addf(&b, "%d %s\n", i, k->name[i]);
	unlinkat(tmp, name, 0); /* of a process that had our number */
	fd = maildir_make_beneath(tmp, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd >= 0) {
		if (!b.failed && io_write_all(fd, b.p, b.n) == (ssize_t)b.n)
			status = 0;
		if (close(fd) < 0)
			status = -1;
		if (status == 0)
			status = renameat(tmp, name, dir, FILE_NAME);
	}
	buf_free(&b);
	close(tmp);
	return status;
}

static bool
can_stand(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n >= MAILDIR_KEYWORD_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (ascii_is(name[i], ASCII_CTL))
			return false;
	return true;
}

static char
letter(const struct maildir *m, int dir, const char *name)
{
	struct maildir_keywords k;
	int room = -1;

	read_in(dir, &k);
	for (int i = 0; i < MAILDIR_KEYWORDS; i++) {
		if (strcmp(k.name[i], name) == 0)
			return (char)('a' + i);
		if (k.name[i][0] == '\0' && room < 0)
			room = i;
	}
	if (room < 0) {
		errno = ENOSPC;
		return 0;
	}
	snprintf(k.name[room], MAILDIR_KEYWORD_MAX, "%s", name);
	return (char)(write_out(m, dir, &k) == 0 ? 'a' + room : 0);
}

char
maildir_keyword(const struct maildir *m, const char *folder, const char *name)
{
	int dir;
	char flag;

	if (!can_stand(name)) {
		errno = EINVAL;
		return 0;
	}
	dir = open_folder(m, folder);
	if (dir < 0)
		return 0;
	flag = letter(m, dir, name);
	close(dir);
	return flag;
}

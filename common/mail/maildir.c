/*
 * maildir.c - opening the Maildir, and listing what is in it.
 */
#include "mail/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail/maildir_open.h"

struct maildir {
	int root;
};

static const char *const parts[] = {
	[MAILDIR_NEW] = "new",
	[MAILDIR_CUR] = "cur",
};

struct maildir *
maildir_open(const char *path)
{
	int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct maildir *m = root < 0 ? NULL : maildir_open_at(root);

	if (root >= 0 && m == NULL)
		close(root);
	return m;
}

struct maildir *
maildir_open_at(int root)
{
	struct maildir *m = malloc(sizeof(*m));

	if (m != NULL)
		m->root = root;
	return m;
}

void
maildir_close(struct maildir *m)
{
	if (m != NULL)
		close(m->root);
	free(m);
}

int
maildir_root(const struct maildir *m)
{
	return m->root;
}

/* Call each for the names in a directory, which is closed. */
static int
walk(int fd, maildir_each *each, void *with)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	int status = 0;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (status == 0) {
		errno = 0;
		e = readdir(dir);
		if (e == NULL) {
			status = errno == 0 ? 0 : -1;
			break;
		}
		status = each(with, e->d_name);
	}
	closedir(dir);
	return status;
}

struct folders {
	const struct maildir *m;
	maildir_each *each;
	void *with;
};

static bool
is_hidden(const char *name)
{
	return name[0] == '.' && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0;
}

/* It is a folder if it has a place for messages, whatever it is called. */
static int
if_folder(void *with, const char *name)
{
	const struct folders *f = with;

	if (!is_hidden(name))
		return 0;
	for (enum maildir_part p = MAILDIR_NEW; p <= MAILDIR_CUR; p++) {
		int fd = maildir_open_part(f->m, name, p);

		if (fd < 0)
			continue;
		close(fd);
		return f->each(f->with, name);
	}
	return 0;
}

static int
if_hidden(void *with, const char *name)
{
	const struct folders *f = with;

	return is_hidden(name) ? f->each(f->with, name) : 0;
}

int
maildir_hidden(const struct maildir *m, maildir_each *each, void *with)
{
	struct folders f = { .m = m, .each = each, .with = with };

	return walk(maildir_open_beneath(m->root, ".", O_RDONLY | O_DIRECTORY),
	    if_hidden, &f);
}

int
maildir_folders(const struct maildir *m, maildir_each *each, void *with)
{
	struct folders f = { .m = m, .each = each, .with = with };

	return walk(maildir_open_beneath(m->root, ".", O_RDONLY | O_DIRECTORY),
	    if_folder, &f);
}

struct messages {
	maildir_each *each;
	void *with;
};

static int
if_message(void *with, const char *name)
{
	const struct messages *l = with;

	return maildir_is_message(name) ? l->each(l->with, name) : 0;
}

int
maildir_list(const struct maildir *m, const char *folder,
    enum maildir_part part, maildir_each *each, void *with)
{
	struct messages l = { .each = each, .with = with };

	return walk(maildir_open_part(m, folder, part), if_message, &l);
}

int
maildir_open_part(
    const struct maildir *m, const char *folder, enum maildir_part part)
{
	char path[MAILDIR_NAME_MAX + 8];

	snprintf(path, sizeof(path), "%s%s%s", folder,
	    folder[0] == '\0' ? "" : "/", parts[part]);
	return maildir_open_beneath(m->root, path, O_RDONLY | O_DIRECTORY);
}

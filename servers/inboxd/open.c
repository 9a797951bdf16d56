/*
 * open.c - opening the Maildir.
 *
 * Its owner may put a link anywhere in it, and it may lie below a directory
 * that the user of the children cannot enter: so it is opened with that user's
 * rights (as_user.h), and then only ever reached from what was opened here.
 */
#include "inboxd/open.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/index.h"
#include "sandbox/as_user.h"
#include "sandbox/privdrop.h"
#include "system/log.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

enum { ROOT, TMP, ALL }; /* what comes back */

struct order {
	const char *path;
	int at; /* it has been found already; -1: by its path */
};

static int
open_root(const struct order *o)
{
	int fd;

	if (o->at >= 0)
		return openat(o->at, ".", DIRECTORY);
	fd = open(o->path, DIRECTORY);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (mkdir(o->path, 0700) < 0 && errno != EEXIST)
		return -1;
	return open(o->path, DIRECTORY);
}

static int
open_part(int root, const char *name)
{
	int fd;

	if (mkdirat(root, name, 0700) < 0 && errno != EEXIST)
		return -1;
	fd = openat(root, name, DIRECTORY | O_NOFOLLOW);
	if (fd >= 0 && faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * The mail server keeps its dialogues if there is a place for them.  The
 * indexer makes it, too; but mail may come before that has begun.  A failure
 * costs the dialogues.
 */
static void
make_sessions(int root)
{
	int fd;

	mkdirat(root, INDEX_DIR, 0700);
	fd = openat(root, INDEX_DIR, DIRECTORY | O_NOFOLLOW);
	if (fd < 0)
		return;
	mkdirat(fd, strchr(INDEX_SESSIONS, '/') + 1, 0700);
	close(fd);
}

static int
open_all(const void *context, int fd[AS_USER_FDS_MAX], const char **what)
{
	static const char *const parts[] = { "/new", "/cur", "/tmp" };
	int part = -1;

	fd[ROOT] = open_root(context);
	if (fd[ROOT] < 0)
		return -1;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (part >= 0)
			close(part);
		*what = parts[i];
		part = open_part(fd[ROOT], parts[i] + 1);
		if (part < 0)
			return -1;
	}
	make_sessions(fd[ROOT]);
	fd[TMP] = part;
	return ALL;
}

static _Noreturn void
give_up(const char *path, const char *what, const struct privdrop *user)
{
	int why = errno;

	if ((why == ELOOP || why == ENOTDIR) && what[0] != '\0')
		die(EXIT_CONFIG,
		    "%s%s: not a directory (links are not "
		    "followed)",
		    path, what);
	if ((why == EACCES || why == EPERM) && user->drop)
		die(EXIT_CONFIG,
		    "%s%s: user %s cannot write there: make the directory, "
		    "and give it to that user (chown)",
		    path, what, user->name);
	die(EXIT_CONFIG, "%s%s: %s", path, what, strerror(why));
}

struct inbox_dirs
inbox_open(const char *path, const struct privdrop *user)
{
	static const struct privdrop ourselves;
	struct order o = { .path = path, .at = -1 };
	int fd[AS_USER_FDS_MAX];
	const char *what;
	int n;

	if (user == NULL)
		user = &ourselves;
	n = as_user(user, open_all, &o, fd, &what);
	if (n < 0 && errno == EACCES && what[0] == '\0' && user->drop) {
		o.at = as_user_find(user, path);
		if (o.at < 0)
			give_up(path, "", user);
		n = as_user(user, open_all, &o, fd, &what);
	}
	if (n != ALL)
		give_up(path, what, user);
	if (o.at >= 0)
		close(o.at);
	return (struct inbox_dirs){ fd[ROOT], fd[TMP] };
}

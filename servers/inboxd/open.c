/*
 * open.c - opening the Maildir, which is then only ever reached from what was
 * opened here.
 */
#include "inboxd/open.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/index.h"
#include "sandbox/user_dir.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

enum { ROOT, TMP, ALL }; /* what comes back */

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

	fd[ROOT] = user_dir_open(context);
	if (fd[ROOT] < 0)
		return -1;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (part >= 0)
			close(part);
		*what = parts[i];
		part = user_dir_part(fd[ROOT], parts[i] + 1);
		if (part < 0)
			return -1;
	}
	make_sessions(fd[ROOT]);
	fd[TMP] = part;
	return ALL;
}

struct inbox_dirs
inbox_open(const char *path, const struct privdrop *user)
{
	struct user_dir d = { .path = path };
	int fd[AS_USER_FDS_MAX];

	user_dir_work(&d, user, open_all, fd);
	return (struct inbox_dirs){ fd[ROOT], fd[TMP] };
}

/*
 * path.h - open a file below a directory, and never anything else.
 *
 * The kernel resolves the path (openat2(2)), so there is no moment between a
 * check and the opening in which a link could be put in the way.
 */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#define PATH_USUAL 512 /* bytes; there are longer ones, up to PATH_MAX */

/* Where may symbolic links lead? */
enum path_links {
	PATH_BENEATH,  /* only to what lies below the directory as well */
	PATH_ANYWHERE, /* the owner of the tree vouches for them */
	PATH_NO_LINKS, /* there must be none: ELOOP */
};

/*
 * Open what path names below the directory root, for reading, close-on-exec,
 * without waiting for anything (a FIFO opens at once).  path is relative ("."
 * is the root itself); an absolute path or ".." that climbs out is refused.
 * Links of /proc and the like are never followed.  *st tells what was opened:
 * look at its type before reading.  Returns the descriptor, or -1 with errno:
 * EXDEV when the path leads out of the root, ELOOP at a magic link, and what
 * open(2) says.
 */
int path_open(int root, const char *path, enum path_links, struct stat *st);

/*
 * open(2) what an option names, to write there, or to read a secret.  Root
 * follows no link on the way but root's own: whoever may put one there could
 * have root write to any file, or take any for his.  Returns as open(2): ELOOP
 * at such a link.  path_why() says why not.
 */
int path_open_trusted(const char *path, int flags, mode_t mode);
const char *path_why(int error);

/*
 * Where is what is open here, as the kernel knows it now: an absolute path
 * without a link in it.  Returns its length, or -1 with errno (without /proc
 * there is no telling).
 */
ssize_t path_where(int fd, char *to, size_t size);

/*
 * The same for what path names below root, wherever its links lead; nothing is
 * opened for reading.
 */
ssize_t path_leads_to(int root, const char *path, char *to, size_t size);

/*
 * Is the directory dir below at (AT_FDCWD, if dir is absolute) a Maildir: has
 * it the directories cur, new and tmp?
 */
bool path_is_maildir(int at, const char *dir);

/*
 * Open a directory as a root, for path_open().  Returns it, or -1 with errno.
 */
int path_root(const char *path);

#endif

/*
 * user_dir.h - a directory that a service writes to, opened and made with the
 * rights of its user.
 *
 * Its owner may put a link anywhere in it, and it may lie below a directory
 * that this user cannot enter: so it is opened by as_user.h, no link in it is
 * followed, and afterwards it is reached by descriptors alone.  Called by
 * prepare() of the mail server and of the inbox.
 */
#ifndef USER_DIR_H
#define USER_DIR_H

#include "sandbox/as_user.h"

/* The beginning of the context of the work; only path is the caller's. */
struct user_dir {
	const char *path;
	int at; /* it has been found already; -1: by its path */
};

/*
 * Do the work, whose context begins with d, as user (NULL: as we are), and
 * again with the directory found for it where the user finds no way.  Returns
 * how many descriptors are in fd; anything else ends the program with words.
 */
int user_dir_work(struct user_dir *d, const struct privdrop *user,
    as_user_work *work, int fd[AS_USER_FDS_MAX]);

/*
 * In the work: open the directory itself, which is made when it is missing;
 * and one of that name in it, in which the user must be able to write.
 * Returns a descriptor, close-on-exec, or -1 with errno: ELOOP for a link.
 */
int user_dir_open(const struct user_dir *);
int user_dir_part(int dir, const char *name);

#endif

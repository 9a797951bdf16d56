/*
 * box_user.h - who children are.
 *
 * Looked up once by the master; becoming is system calls only.  Called only
 * by box.c.
 */
#ifndef BOX_USER_H
#define BOX_USER_H

#include <stdbool.h>
#include <sys/types.h>

#define BOX_USER_DEFAULT "nobody" /* as root, when nobody says otherwise */

struct box_user {
	bool drop; /* ids are to be changed: we are root */
	bool caps; /* there are capabilities to be given up */
	uid_t uid;
	gid_t gid;
	char name[64];
};

/*
 * Who shall children be?  name may be NULL.  Returns 0, or -1 with *why in
 * words: no such user, root, or another user when we are not root.
 */
int box_user_find(struct box_user *, const char *name, const char **why);

/*
 * Give a directory and those in it to the user if they are root's and the user
 * is not, so that a Maildir which we have just made can be written to.
 * Returns 0, or -1 with errno.
 */
int box_user_give(const struct box_user *, const char *directory);

/*
 * Become that user for ever, without groups and capabilities.  Returns 0, or
 * -1 with errno.
 */
int box_user_become(const struct box_user *);

#endif

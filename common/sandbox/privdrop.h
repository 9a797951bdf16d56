/*
 * privdrop.h - who children are.
 *
 * Looked up once by the master, before anything is opened; becoming is system
 * calls only.  Called by sandbox.c, and by as_user.c.
 */
#ifndef PRIVDROP_H
#define PRIVDROP_H

#include <stdbool.h>
#include <sys/types.h>

#define PRIVDROP_DEFAULT "nobody" /* as root, when nobody says otherwise */

struct privdrop {
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
int privdrop_find(struct privdrop *, const char *name, const char **why);

/*
 * Become that user for ever, without groups and capabilities.  Returns 0, or
 * -1 with errno.
 */
int privdrop_become(const struct privdrop *);

#endif

/*
 * privdrop.h - who children are.
 *
 * Looked up once by the master, before anything is opened; becoming is system
 * calls only.  Called by this folder, and by server.c for the master itself.
 */
#ifndef PRIVDROP_H
#define PRIVDROP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PRIVDROP_DEFAULT "nobody" /* as root, when nobody says otherwise */

struct privdrop {
	bool drop; /* ids are to be changed: we are root */
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

/*
 * Has this process any capability in effect?
 */
bool privdrop_has_caps(void);

/*
 * In a master: of its capabilities (a bit each, from CAP_CHOWN on) only these
 * are in effect from now on, and without root none, until it execs itself.
 * The others are given up where exec(2) brings them back: to root, without
 * no_new_privs.  Returns 0, or -1 with errno.
 */
int privdrop_keep(uint64_t needed);

#endif

/*
 * store.h - the Maildir: a message is in new/ whole and for good, or not at
 * all.
 *
 * A message is written to tmp/ in pieces, whatever its size, then made
 * durable and given its place:
 *
 *	write tmp/NAME, fsync it, close it,
 *	rename it to new/NAME (or link it into each folder's new/),
 *	fsync the directory
 *
 * and only then may 250 be said.  Whatever fails on the way, nothing is left
 * in new/ of a message that was not committed.  Knows nothing of SMTP.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes/slice.h"
#include "grammar/mail_ends.h"

#define STORE_NAME_MAX 128   /* the longest name of a message, and a NUL */
#define STORE_ID_MAX   64    /* the longest id, and a NUL */
#define STORE_BLOCK    65536 /* bytes written at once */
#define STORE_OLD_S    (36 * 60 * 60) /* in tmp/ after that: left behind */

/* Whoever may send can have folders made: so many in one conversation, and in
 * the whole Maildir.  What goes to those that exist is not counted. */
#define STORE_FOLDERS_EACH 100
#define STORE_FOLDERS_MAX  10000

struct privdrop;

/*
 * The system calls of the store.  Tests put others in their place, to see
 * what happens when each of them fails, or the process is killed there.
 */
struct store_ops {
	int (*open)(int dir, const char *name, int flags, mode_t);
	ssize_t (*write)(int fd, const void *, size_t);
	int (*fsync)(int fd);
	int (*close)(int fd);
	int (*rename)(int from, const char *, int to, const char *);
	int (*link)(int from, const char *, int to, const char *);
	int (*unlink)(int dir, const char *);
	int (*mkdir)(int dir, const char *);
};

extern struct store_ops store_ops;

/*
 * Open the Maildir at path, creating what is missing, and, with sweep, remove
 * what sessions that are long dead left in its tmp/.  host becomes a part of
 * every name.  All of it is done with the rights of the user that children
 * will be (NULL: as we are), and no link inside is followed.  For the master,
 * before the first fork.  Returns the directory's descriptor; a fault is
 * die(EXIT_CONFIG).
 */
int store_open(const char *path, const char *host, const struct privdrop *user,
    bool sweep);

/*
 * A conversation begins: it has made no folders yet.
 */
void store_meet(void);

/* A message on its way; one at a time in a process. */
struct store_message {
	int fd;                    /* in tmp/, or -1 */
	int error;                 /* errno of the first failure, or 0 */
	bool lf;                   /* lines go to the file with LF ... */
	struct mail_ends ends;     /* ... and how the last one stands */
	char name[STORE_NAME_MAX]; /* in tmp/ and new/ */
	char id[STORE_ID_MAX];     /* the part of it before the host */
};

/*
 * Give a message a name and a file; lf: what is added is stored with the ends
 * of lines that mail_ends.h makes of it.  A failure is kept in m->error:
 * adding then does nothing and the commit fails.
 */
void store_begin(struct store_message *m, bool lf);

/*
 * Room for more of the message: returns where, and in *n how much (at least
 * 4096 bytes).  store_grew says how much of it was used.
 */
char *store_room(struct store_message *m, size_t *n);
void store_grew(struct store_message *m, size_t n);

/*
 * Add bytes.
 */
void store_add(struct store_message *m, struct slice);

/*
 * Make the message durable as far as durability (enum smtpd_durability)
 * says, and put it into new/ of every folder named in folders, a text of
 * names that each end in LF; an empty text is the Maildir itself.  All or
 * none: folders are created on demand, and a failure takes back what was
 * done.  (A process killed between two folders leaves whole messages in the
 * first ones.)  Returns 0, or -1 with the errno in m->error.  The message is
 * over either way.  EMLINK: too many folders would be made.
 */
int store_commit(struct store_message *m, struct slice folders, int durability);

/*
 * Forget the message.  A no-op when there is none.
 */
void store_abort(struct store_message *m);

/*
 * Is the Maildir at path another one than was opened, or none: has it, or a
 * part of it, been removed or renamed?
 */
bool store_is_lost(const char *path);

/*
 * For the master (watch and moved of service.h): when is it lost?
 */
struct service;
int store_watch(struct service *);
bool store_moved(struct service *);

/*
 * May a message of so many bytes fit?  False only when the file system says
 * that it is full.
 */
bool store_has_room(uint64_t bytes);

#endif

/*
 * maildir.h - the Maildir as its readers see it: folders, messages, flags.
 *
 * The store is the only authority, and others change it at any moment: a mail
 * reader renames new/NAME to cur/NAME:2,S, somebody removes a file.  So a
 * message is known by its folder and base name, and is looked for again when
 * it is not where it was.  Links are never followed and only regular files
 * are opened (openat2): whoever may write to the Maildir cannot lead us out
 * of it.  Mail that others send is received by smtpd's store; what is put here
 * is of our own making.
 *
 * Folders are Maildir++: "" is the Maildir itself, ".NAME" a directory in it
 * with a cur/ or new/ of its own.  Names are bytes, in no certain encoding.
 */
#ifndef MAILDIR_H
#define MAILDIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "bytes/slice.h"

#define MAILDIR_NAME_MAX 256 /* bytes of a name in a directory, and a NUL */
#define MAILDIR_ID_MAX   65  /* the longest ID, and a NUL */

enum maildir_part { MAILDIR_NEW, MAILDIR_CUR };

/* Where a message is, or was when last seen. */
struct maildir_file {
	char folder[MAILDIR_NAME_MAX];
	char name[MAILDIR_NAME_MAX]; /* base and flags */
	enum maildir_part part;
};

struct maildir;

/*
 * Open the Maildir at path (which may be a link: whoever starts the program
 * vouches for it), or the one that is open already as root, which becomes the
 * Maildir's own.  Returns NULL with errno.  Closing NULL is a no-op.
 */
struct maildir *maildir_open(const char *path);
struct maildir *maildir_open_at(int root);
void maildir_close(struct maildir *);

/*
 * Its directory.
 */
int maildir_root(const struct maildir *);

/*
 * What a name says.  The base is what stays the same as flags change, up to
 * the first ":"; the flags are what follows ":2," (RFC-less, but everybody's:
 * S is seen, a to z are keywords).
 */
struct slice maildir_base(const char *name);
struct slice maildir_flags(const char *name);
bool maildir_has_flag(const char *name, char flag);

/*
 * Is it the name of a message?  Not if it is hidden.
 */
bool maildir_is_message(const char *name);

/*
 * The ID by which the world knows a message: letters, digits and dots.  Of
 * our own server's messages the part of the base before the host, which is
 * what it said in its reply to DATA; of others a hash of the base, 22 letters
 * and digits.  A message that was given to many folders has one ID.
 */
void maildir_id(struct slice base, char id[MAILDIR_ID_MAX]);

/*
 * When our own server made this name, in microseconds since 1970, or -1 if
 * the name is another's.
 */
int64_t maildir_name_us(struct slice base);

/*
 * Call each for every folder but the Maildir itself, or for every message in
 * a part of a folder, in no order.  What comes or goes meanwhile may be told
 * or not.  A return other than 0 ends it and is returned; -1 with errno when
 * the directory cannot be read (ENOENT: it is not there).  maildir_hidden()
 * tells what may be a folder soon, too: it has just been made.
 */
typedef int maildir_each(void *with, const char *name);
int maildir_hidden(const struct maildir *, maildir_each *, void *with);
int maildir_folders(const struct maildir *, maildir_each *, void *with);
int maildir_list(const struct maildir *, const char *folder, enum maildir_part,
    maildir_each *, void *with);

/*
 * Open new/ or cur/ of a folder.  Returns it, or -1 with errno.
 */
int maildir_open_part(
    const struct maildir *, const char *folder, enum maildir_part);

/*
 * Find the message again: name and part become where it is now.  Returns 0,
 * or -1 with errno, ENOENT when it is gone.
 */
int maildir_find(const struct maildir *, struct maildir_file *);

/*
 * Open a message for reading, wherever it has moved to; the file is then as
 * maildir_find leaves it.  Returns the descriptor, or -1 with errno: ENOENT
 * when it is gone, ELOOP for a link, EINVAL for what is no regular file.
 */
int maildir_open_message(
    const struct maildir *, struct maildir_file *, struct stat *);

/*
 * Add and remove flags ("S"); a message in new/ moves to cur/ by that, unless
 * there is nothing to change.  Returns 0, or -1 with errno.
 */
int maildir_set_flags(const struct maildir *, struct maildir_file *,
    const char *add, const char *remove);

/*
 * Delete the message.  Returns 0, or -1 with errno, ENOENT when it was gone.
 */
int maildir_remove(const struct maildir *, struct maildir_file *);

/*
 * A new ID, as our own mail server makes them.
 */
void maildir_new_id(char id[MAILDIR_ID_MAX]);

/*
 * Put a message there under this ID, whole and on disk, or not at all: in new/
 * of the folder, or with flags in cur/.  Returns 0, or -1 with errno.
 */
int maildir_put(const struct maildir *, const char *folder, const char *flags,
    const char *id, struct slice text);

/*
 * Keywords (tags): the lower-case flags of a folder stand for the names in
 * its file dovecot-keywords, a line "NUMBER NAME" each, 0 for "a".
 */
#define MAILDIR_KEYWORDS    26
#define MAILDIR_KEYWORD_MAX 128 /* bytes of a name, and a NUL */

struct maildir_keywords {
	char name[MAILDIR_KEYWORDS][MAILDIR_KEYWORD_MAX]; /* "": none */
};

/*
 * Read them; without the file, or what is no such line in it, there are none.
 */
void maildir_keywords(
    const struct maildir *, const char *folder, struct maildir_keywords *);

/*
 * The flag for a name, which is added to the file if need be.  Returns 0 with
 * errno when all letters are taken (ENOSPC), the name cannot stand in the
 * file (EINVAL) or it cannot be written.
 */
char maildir_keyword(
    const struct maildir *, const char *folder, const char *name);

#endif

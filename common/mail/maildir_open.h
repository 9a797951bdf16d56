/*
 * maildir_open.h - the one way in which anything of a Maildir is opened; the
 * inside of maildir*.c.
 */
#ifndef MAILDIR_OPEN_H
#define MAILDIR_OPEN_H

/*
 * Open what path names below the directory root: no links, not at the end and
 * not on the way; without waiting (a FIFO opens at once); close-on-exec.
 * Returns the descriptor, or -1 with errno.
 */
int maildir_open_beneath(int root, const char *path, int flags);

/*
 * The same for a file that may be made by it (O_CREAT), with this mode.
 */
int maildir_make_beneath(int root, const char *path, int flags, unsigned mode);

#endif

/*
 * index_beneath.h - the files of an index, by the descriptor of its Maildir.
 *
 * SQLite knows files by their paths.  But a path may lead through directories
 * that a process may not enter, while it holds the Maildir open; and somebody
 * may put a link into it.  So the file of an index has a name here that says
 * which descriptor it lies beneath, and SQLite's system calls know such names:
 * they open without following a link (maildir_open.h), and only what was made
 * under such a name by a process that may set attributes: so nobody who may
 * only move files puts another one there.  All other names mean what they
 * always did.  The inside of index*.c.
 */
#ifndef INDEX_BENEATH_H
#define INDEX_BENEATH_H

#include <sys/stat.h>

#define INDEX_NAME_MAX 64 /* bytes of such a name, and a NUL */

/*
 * Make the name of the file path, beneath the directory root, which is to stay
 * open.  Teaches SQLite such names.  Returns 0, or -1 with errno.
 */
int index_beneath_name(int root, const char *path, char name[INDEX_NAME_MAX]);

/*
 * stat(2), for such names and all others.
 */
int index_beneath_stat(const char *name, struct stat *);

/*
 * Mark an open file as one that was made so.  Returns 0, or -1 with errno.
 */
int index_beneath_mark(int fd);

#endif

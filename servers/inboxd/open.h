/*
 * open.h - opening the Maildir, with the rights of the user that children are.
 */
#ifndef INBOX_OPEN_H
#define INBOX_OPEN_H

struct privdrop;

struct inbox_dirs {
	int root, tmp;
};

/*
 * Open it, and make what of it is missing.  What fails ends the program.
 */
struct inbox_dirs inbox_open(const char *path, const struct privdrop *);

#endif

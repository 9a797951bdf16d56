/*
 * open.h - open what a name of the site stands for, or be told that it is not
 * there.
 */
#ifndef OPEN_H
#define OPEN_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Open a file or directory of the site by its name, as path_open() does, links
 * with an absolute target inside the site included.  What lies in a Maildir
 * (a directory with cur, new and tmp) is not there, however it is reached:
 * ENOENT.
 */
int site_open(const char *name, struct stat *);

#endif

/*
 * rights.h - with whose rights the indexer works.
 *
 * It opens, moves and deletes files that others choose the names of, so it
 * never does that with root's rights.
 */
#ifndef RIGHTS_H
#define RIGHTS_H

/*
 * Become user for ever, or, as root without one, the owner of the Maildir at
 * path (that is open as fd, unless -1).  If that is root too, we stay root without its powers: no capability
 * is left, so files of others are as far away as from anybody.  Ends the
 * program with a line that says why when it cannot be.
 */
void rights_take(const char *user, const char *path, int fd);

#endif

/*
 * root_find.h - directories that are served, opened for children who are
 * another user than root.
 */
#ifndef ROOT_FIND_H
#define ROOT_FIND_H

#include <stdbool.h>

struct privdrop;

/*
 * Open where as that user (NULL: we), so that no link leads to what is closed
 * to it.  Where the way to it is, as below root's home, only root's own links
 * are followed.  Returns it (O_PATH), or -1 with errno; and in *found (may be
 * NULL) whether that user can look for it by this name ("": there is none).
 */
int root_find(const struct privdrop *user, const char *where, const char *name,
    bool *found);

#endif

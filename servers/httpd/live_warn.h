/*
 * live_warn.h - what --live will not see, said at the start.
 */
#ifndef LIVE_WARN_H
#define LIVE_WARN_H

#include <stdbool.h>

struct privdrop;

/* It was said that there are more folders than can be watched, by us or by the
 * master that made us. */
extern bool live_warned_cut;

/*
 * Warn: of too many folders, of those that the children (user; NULL: we) may
 * not look into, of a file system that does not tell of changes made elsewhere.
 * dir is the site's, as it was given.
 */
void live_warn(const char *dir, const struct privdrop *user);

#endif

/*
 * root_name.h - the name of the directory that is served.
 *
 * The first image of a server settles it.  Those that follow (reloads, children
 * that exec) take it over, for by then www may be gone, in the middle of a
 * build, and the current directory another than the one of that name: what
 * the options would mean then might be all that lies around it.
 */
#ifndef ROOT_NAME_H
#define ROOT_NAME_H

#include <stdbool.h>

/*
 * Before all else: the directory to serve, of an operand or NULL (www if it
 * exists, else the current one).
 */
const char *root_name_choose(const char *operand, bool follows);

/*
 * The one that was chosen, absolute and with its links; "" when that is not to
 * be had, and nothing can be known to replace it.
 */
const char *root_name(void);

#endif

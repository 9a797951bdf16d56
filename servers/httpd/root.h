/*
 * root.h - the directory that is served, and its being replaced.
 *
 * A build removes its folder and makes another of the same name; a link is made
 * to lead elsewhere.  The master notices, lets new children read what has the
 * name now, and asks the old ones to finish; each child looks whether what it
 * serves still has its name.
 */
#ifndef ROOT_H
#define ROOT_H

#include "service/service.h"
#include "web/web.h"

/*
 * Before the first fork: open site.dir as site.root.  A fault ends the program.
 */
void root_open(void);

/*
 * Before the first fork: can the children (user; NULL: we) find it by its name,
 * or is the way to it closed to them?
 */
struct privdrop;
bool root_is_found(const struct privdrop *user);

/*
 * In the master: service.watch and service.moved.
 */
int root_watch(struct service *);
bool root_moved(struct service *);

/*
 * In a child: is the directory that is open the one of that name?  If it is not
 * and cannot be, the request has been answered and false is returned.
 */
bool root_is_there(struct exchange *);

#endif

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
 * Who follows another that had it (service.h) lives on without it, and says
 * 503: returns whether it is there.
 */
struct privdrop;
bool root_open(const struct privdrop *user, bool follows);

/*
 * After that: can the children find it by its name, or is the way to it closed
 * to them?
 */
bool root_is_found(void);

/*
 * In the master: service.watch and service.moved, for the folder of --upload
 * too.
 */
int root_watch(struct service *);
bool root_moved(struct service *);

/*
 * In a child: is the directory that is open the one of that name, as far as is
 * known?  If it is not and cannot be, false is returned, and answer() is to
 * return *done.
 */
bool root_is_there(struct exchange *, int *done);

/*
 * In a child that has found nothing: was the directory removed since it last
 * looked?  Then return *done: of what is no more nothing is said.
 */
bool root_is_gone(struct exchange *, int *done);

/*
 * In a child that has met EACCES: the same, by a look at what it may read.
 */
bool root_is_ours(struct exchange *, int *done);

#endif

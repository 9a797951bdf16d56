/*
 * brood_master.h - a master whose children are a brood (brood.h): its pool, its
 * sources and the connections that rest are real.  It listens at nothing; its
 * first listener is of streams, its second of datagrams.
 */
#ifndef BROOD_MASTER_H
#define BROOD_MASTER_H

#include <stdbool.h>
#include <stdint.h>

#include "master/master_inside.h"

/*
 * Begin, without children.  Has it ever worked; do children speak all their
 * lives; for how many connections do they live (0: no end)?
 */
struct master *brood_master_begin(bool has_worked, bool hear, uint64_t reuse);

/*
 * A client comes: may it come in?  Then it is counted.  And one that a child
 * has named was let in.
 */
bool brood_master_admit(const struct addr *);
void brood_master_named(const struct addr *);

/*
 * All children have ended: nobody may be counted or kept any more, and nothing
 * lent.
 */
void brood_master_end(void);

#endif

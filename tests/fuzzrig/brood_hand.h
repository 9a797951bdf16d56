/*
 * brood_hand.h - what the master does with a connection, when its children are
 * a brood (brood.h).
 */
#ifndef BROOD_HAND_H
#define BROOD_HAND_H

struct master;

/*
 * Hand one of this kind (brood_truth.h), from one of a few sources, to a child
 * that is idle, which reads what it is told.  Nothing is done where the master
 * would do nothing: the source has too many, nobody is idle, the socket is lent.
 */
void brood_hand(struct master *, unsigned kind, unsigned from);

#endif

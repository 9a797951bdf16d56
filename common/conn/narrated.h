/*
 * narrated.h - a conn whose socket calls are told as they happen: --narrate
 * (system/narrate.h).
 */
#ifndef NARRATED_H
#define NARRATED_H

struct conn;

/*
 * Tell them from now on, if they are to be told at all; of a datagram that has
 * been received already, that too.  Before a conversation begins.
 */
void narrated(struct conn *);

#endif

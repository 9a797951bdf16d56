/*
 * events.h - what happens, as it happens, by server-sent events.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "inboxd/snapshot.h"
#include "web/web.h"

/*
 * Answer with a stream; tell is called with a buf to which it adds the event
 * in the words of the protocol, empty line and all, or nothing.
 */
int events_answer(struct exchange *, snapshot_tell *tell);

#endif

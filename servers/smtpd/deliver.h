/*
 * deliver.h - a message from its first byte to the verdict: the trace block,
 * the store, the limits, the reply.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/slice.h"
#include "grammar/mail_begin.h"
#include "smtpd/store.h"

#define DELIVER_HOPS_MAX 100 /* fields Received: more: a loop (RFC 5321 6.3) */

struct session;

struct delivery {
	struct store_message m;
	uint64_t size;    /* bytes of the message as sent */
	unsigned hops;    /* fields Received in its header */
	unsigned matched; /* bytes of the line that are "received:" so far */
	bool in_header, at_start;
	bool begun; /* the trace block is there */
	size_t held;
	char first[MAIL_FIELD_NAME_MAX + 2]; /* bytes, until then */
	int code;                            /* of the verdict */
};

/*
 * Begin: the file.  The trace block comes to its head with the first bytes of
 * the message, which tell whether an empty line must part them.  What fails is
 * kept in d->m.error.
 */
void deliver_begin(struct delivery *d, struct session *);

/*
 * Room for bytes of the message, and how many were put there; or add them.
 * Past the limit on size they are only counted.
 */
char *deliver_room(struct delivery *d, size_t *n);
void deliver_grew(struct delivery *d, struct session *, size_t n);
void deliver_add(struct delivery *d, struct session *, struct slice);

/*
 * The message is complete, with these notices of its reader: judge it, commit
 * it, reply (LMTP: once for each recipient) and note it in the log.
 */
void deliver_end(struct delivery *d, struct session *, unsigned notices);

/*
 * It failed before it was complete: one reply, and a note in the log.
 */
void deliver_fail(struct delivery *d, struct session *);

/*
 * Note in the log what became of it, when the reply was another's.
 */
void deliver_note(struct delivery *d, struct session *);

/*
 * Forget it.  A no-op when there is none.
 */
void deliver_abort(struct delivery *d);

#endif

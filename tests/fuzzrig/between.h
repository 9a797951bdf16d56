/*
 * between.h - somebody in between, who changes what one side of a conversation
 * in TLS says, record by record.
 *
 * Which record, what, where and how is said by four bytes for each change.
 */
#ifndef BETWEEN_H
#define BETWEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BETWEEN_CHANGE 4  /* bytes of one */
#define BETWEEN_MAX    16 /* of a conversation, fewer than this */

struct between {
	void (*put)(const uint8_t *, size_t); /* to whom it is said */
	void (*pause)(void);                  /* who hears what he has so far */
	const uint8_t *change;
	size_t changes;
	size_t record; /* that comes next */
	bool harmed;   /* it is not what was said */
};

/*
 * A record is on its way.  It is put as the changes have it: whole, in two
 * pieces with a pause, or otherwise than it was, which is harm.
 */
void between_pass(struct between *, uint8_t *record, size_t n);

#endif

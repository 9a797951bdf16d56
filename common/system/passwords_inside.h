/*
 * passwords_inside.h - what the files of passwords.h share: passwords_read.c
 * (the file) and passwords.c (the answers).  Nobody else includes it.
 */
#ifndef PASSWORDS_INSIDE_H
#define PASSWORDS_INSIDE_H

#include <crypt.h>

#include "bytes/buf.h"
#include "system/passwords.h"

#define PASSWORDS_PLAIN "{PLAIN}"
#define PASSWORDS_KINDS 8 /* of hashes in one file */

/*
 * Hashes that cost the same.  Every answer takes one of each kind that is in
 * the file, so that its time says nothing of who asks.
 */
struct kind {
	struct slice prefix;
	char setting[CRYPT_OUTPUT_SIZE]; /* for those who have none of it */
};

struct passwords {
	struct buf text;
	size_t users, kind_count;
	struct kind kind[PASSWORDS_KINDS];
};

/*
 * passwords_read.c: of which kind is a hash?  PASSWORDS_KINDS: of none.
 */
size_t passwords_kind(const struct passwords *, struct slice hash);

#endif

/*
 * mail_list.h - addresses as people and programs write them (RFC 5322 3.4,
 * and 4.4 for what old programs write): lists of mailboxes with names,
 * comments, folding white space, groups, quoted words, routes and literals.
 *
 * Each comes out as a path has it (RFC 5321 4.1.2), without what is around
 * and within it.  What cannot be read is a fault with its place: nothing is
 * passed over, nothing is guessed.  Pure; bytes above 127 are UTF-8.
 */
#ifndef MAIL_LIST_H
#define MAIL_LIST_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

struct mail_list {
	struct slice text;
	size_t at;       /* so far it has been read */
	bool group;      /* within "name: ...;" */
	const char *why; /* a fault: what is wrong, in a few words, */
	size_t where;    /* and the byte of text at which */
};

/*
 * Stand at the beginning of a list, which may be the value of a field with
 * its folds, or an operand.
 */
void mail_list_init(struct mail_list *, struct slice text);

/*
 * Put the next address into *address (cleared first): local@domain, or only
 * local if it has no domain, or nothing if it is "<>".  The local part has
 * quotes where it needs them.  *name gets the words before "<...>", unquoted;
 * both want room for MAIL_LIST_MAX bytes.  Returns 1, 0 at the end of the
 * list, or -1: see why and where.
 */
#define MAIL_LIST_MAX 4000
int mail_list_read(struct mail_list *, struct buf *address, struct buf *name);

#endif

/*
 * mail_scan.h - the words of addresses: for mail_list.c only.
 *
 * Each function steps over what it names and returns true, or says what is
 * wrong by mail_fault() and returns false.
 */
#ifndef MAIL_SCAN_H
#define MAIL_SCAN_H

#include "grammar/mail_list.h"

/* A local part, or a name: nobody knows before "@" or "<" comes. */
struct mail_words {
	struct buf *name;  /* the words with blanks between them */
	struct buf local;  /* the same as a local part */
	bool quoted;       /* a quoted word is among them */
	bool two;          /* two words have no dot between them, */
	size_t two_at;     /* here */
	bool dot;          /* a dot was last, or nothing yet */
	size_t begin, end; /* where they stand */
};

/*
 * Note what is wrong, and where (the text's end at most).  Returns false, as
 * the others do that have done so.
 */
bool mail_scan_fault(struct mail_list *, const char *why, size_t where);

/*
 * Pass over this byte, if it is the next one (returns whether it was); over
 * white space and comments; over words, which are added to what the caller has
 * set up, with the blanks around them.
 */
bool mail_scan_meets(struct mail_list *, char);
bool mail_scan_blank(struct mail_list *);
bool mail_scan_words(struct mail_list *, struct mail_words *);
bool mail_scan_domain(struct mail_list *, struct buf *out);

#endif

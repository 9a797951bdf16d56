/*
 * search_query.h - what somebody wants to find: Mailpit's search syntax.
 *
 *	words "a phrase"	in the text, subject, people, attachment names
 *	from: to: cc: bcc: reply-to: addressed: subject: message-id:
 *				in that field; addressed: in any of the people
 *	tag:NAME mailbox:NAME	is it tagged so, is it in that mailbox?
 *	is:read is:unread is:tagged has:attachment(s) has:inline
 *	before:DATE after:DATE	received; after: includes the date itself
 *	larger:SIZE smaller:SIZE	10, 10K, 2M, with or without a B
 *	-TERM !TERM		not that
 *
 * All terms must hold.  Letters of either case are equal, and a text is found
 * inside of words too.  A value may be in quotes: subject:"a phrase".
 *
 * Nothing is an error.  A term that looks like a filter but says nothing
 * (larger:much, is:green) matches no message, even behind a "-": who deletes
 * by a query with a slip in it must not lose all mail.  It is told of in
 * wrong.  A filter without a value is left out, as Mailpit does.  Pure.
 */
#ifndef SEARCH_QUERY_H
#define SEARCH_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

#define SEARCH_TERMS_MAX 64   /* further ones match nothing, and are told of */
#define SEARCH_QUERY_MAX 8192 /* bytes; a longer query likewise */

enum search_kind {
	SEARCH_NOTHING, /* a slip: no message is that */
	SEARCH_TEXT,
	SEARCH_FROM,
	SEARCH_TO,
	SEARCH_CC,
	SEARCH_BCC,
	SEARCH_REPLY_TO,
	SEARCH_ADDRESSED,
	SEARCH_SUBJECT,
	SEARCH_MESSAGE_ID,
	SEARCH_TAG,
	SEARCH_MAILBOX,
	SEARCH_READ,
	SEARCH_UNREAD,
	SEARCH_TAGGED,
	SEARCH_ATTACHMENT,
	SEARCH_INLINE,
	SEARCH_BEFORE, /* number: microseconds since 1970 */
	SEARCH_AFTER,
	SEARCH_LARGER, /* number: bytes */
	SEARCH_SMALLER,
};

struct search_term {
	enum search_kind kind;
	bool not ;
	bool local;        /* a date that did not say its time zone */
	struct slice text; /* folded (fold.h); in the query's own memory */
	int64_t number;
};

struct search_query {
	struct search_term term[SEARCH_TERMS_MAX];
	size_t count;
	struct buf text;  /* what the terms' texts point into */
	struct buf wrong; /* what was not understood, a line each */
};

/*
 * Read a query.  It need not have been initialised; free it afterwards.
 * An empty one, with count 0, matches every message.
 */
void search_query_read(struct search_query *, struct slice);
void search_query_free(struct search_query *);

/*
 * Dates without a time zone were taken as UTC; give them another one.  to_utc
 * turns microseconds of that zone's clock into those of UTC.
 */
void search_query_zone(struct search_query *,
    int64_t (*to_utc)(void *with, int64_t local_us), void *with);

/*
 * Read a date as it is written in a query: 2024-01-31, 2024/1/31, 1/31/2024,
 * 20240131, 2024-01, 2024, 31 Jan 2024, Jan 31, 2024, each of the first with
 * 10:30, 10:30:59 or 10:30:59.123 behind a blank or T, and Z, +01:00 or
 * +0100 behind that; or seconds or milliseconds since 1970 (10 or 13
 * digits).  Returns 0, or -1 when it is none; *us is then untouched.
 */
int search_date(struct slice, int64_t *us, bool *local);

/*
 * Read a size: digits and at most one of K M G (1024 each), B or not.  Returns
 * 0 or -1.
 */
int search_size(struct slice, int64_t *bytes);

#endif

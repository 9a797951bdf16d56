/*
 * listing_show.h - a listing that is being sent, in two forms: for people
 * (listing_html.c) and for programs (listing_json.c).
 */
#ifndef LISTING_SHOW_H
#define LISTING_SHOW_H

#include "httpd/listing_read.h"
#include "httpd/target.h"

#define LISTING_WORD_MAX 256 /* bytes of ?q= */

struct listing_show {
	struct listing list;
	struct listing_wish wish;
	char word[LISTING_WORD_MAX];
	size_t at; /* the next entry */
	bool begun, ended;
	struct buf piece;
	struct buf path;      /* as the client sees it */
	struct buf name;      /* scratch */
	struct buf live;      /* what --live adds to its head */
	char dir[TARGET_MAX]; /* to be opened */
};

/* One of the forms: what stands before, for each entry, and behind. */
struct listing_form {
	const char *type;
	void (*begin)(struct listing_show *);
	void (*entry)(struct listing_show *, const struct listing_entry *);
	void (*end)(struct listing_show *);
};

extern const struct listing_form listing_html, listing_json;

#endif

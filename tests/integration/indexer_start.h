/*
 * indexer_start.h - a Maildir, an indexer that watches it, and what its index
 * says, for the tests of berth-indexer.
 */
#ifndef INDEXER_START_H
#define INDEXER_START_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/index.h"
#include "rig/rig.h"
#include "system/clock.h"

static const char *mail;    /* the Maildir */
static struct index *about; /* its index */

static inline void
make_maildir(const char *at)
{
	mkdir(at, 0700);
	mkdir(rig_in(at, "tmp"), 0700);
	mkdir(rig_in(at, "new"), 0700);
	mkdir(rig_in(at, "cur"), 0700);
}

/* A Maildir below a fresh directory, and a reader of its index. */
static inline void
open_mail(void)
{
	mail = strdup(rig_in(rig_place(), "mail"));
	make_maildir(mail);
	about = index_open(mail);
	cr_assert_not_null(about);
}

/* As a delivery does it: written elsewhere, then put there whole. */
static inline void
deliver(const char *to, const char *subject)
{
	static int count;
	const char *temp = rig_in(mail, "tmp/delivery");
	char text[512];

	snprintf(text, sizeof(text),
	    "From: from%d@example.com\r\nTo: to@example.com\r\n"
	    "Subject: %s\r\n\r\ntext of %s\r\n",
	    ++count, subject, subject);
	rig_file(mail, "tmp/delivery", text);
	cr_assert_eq(rename(temp, rig_in(mail, to)), 0, "%s", to);
}

static inline void
move(const char *from, const char *to)
{
	cr_assert_eq(rename(rig_in(mail, from), rig_in(mail, to)), 0);
}

/* How many are there that a query finds, now?  -1: there is no index. */
static inline int64_t
found(const char *query)
{
	struct search_query q;
	struct index_scope scope = { .query = &q };
	struct index_counts c;
	int status;

	search_query_read(&q, slice_of(query));
	status = index_count(about, &scope, &c);
	search_query_free(&q);
	return status < 0 ? -1 : c.total;
}

struct expectation {
	const char *query;
	int64_t count;
};

static inline bool
is_found(void *arg)
{
	const struct expectation *e = arg;

	return found(e->query) == e->count;
}

/* Wait until a query finds so many. */
static inline bool
finds(const char *query, int64_t count)
{
	struct expectation e = { query, count };

	return rig_until(query, is_found, &e);
}

static inline bool
is_complete(void *arg)
{
	struct index_state s = { .complete = false };

	(void)arg;
	return index_state(about, &s) == 0 && s.complete;
}

/* Start it and wait until it has looked at all. */
static inline struct rig *
start_indexer(void)
{
	struct rig *r =
	    rig_spawn(&(struct rig_how){ .argv = RIG("berth-indexer", mail) });

	cr_assert(rig_until("the index is complete", is_complete, NULL));
	return r;
}

/* Index all once. */
static inline void
index_once(void)
{
	cr_assert_eq(
	    rig_wait(rig_run(RIG("berth-indexer", "--once", mail))), 0);
}

#endif

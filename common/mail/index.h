/*
 * index.h - what is known of all messages, so that nobody has to read them to
 * list, count or find them: the reader's side.
 *
 * A SQLite database in the Maildir (MAILDIR/.berth/index.db), which is made
 * from the mail files at any time and holds nothing that is not in them.  It
 * has one writer, the indexer (index_write.h); all others open it read-only,
 * may be forbidden to write it, and cannot stop the writer for ever: it then
 * goes on with a new file, which the next call here notices, as it does a
 * database that was deleted and made anew.
 *
 * Each call sees one state of the whole, and several calls do between
 * index_hold() and index_let().  Hold it for moments only.
 *
 * MAILDIR/.berth/changed is written and closed after each change: watch it
 * (IN_CLOSE_WRITE).
 */
#ifndef INDEX_H
#define INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "mail/maildir.h"
#include "mail/search_query.h"

/* In the Maildir.  A folder of that name (of a user "berth") may be there
 * too; both live in one directory. */
#define INDEX_DIR      ".berth"
#define INDEX_FILE     INDEX_DIR "/index.db"
#define INDEX_CHANGED  INDEX_DIR "/changed"
#define INDEX_SYNC     INDEX_DIR "/sync"
#define INDEX_SESSIONS INDEX_DIR "/sessions"

enum index_status {
	INDEX_ABSENT = -1, /* there is none, or none of this version (yet) */
	INDEX_BUSY = -2,   /* it was being written for too long */
	INDEX_BROKEN = -3, /* what is there is no good; the indexer will see */
	INDEX_FULL = -4,   /* writing: no room on the disk */
	INDEX_FAILED = -5, /* the system has no more of something */
};

/*
 * In words, for a log or an answer.
 */
const char *index_words(int status);

struct index;

/*
 * Be ready to read the index of the Maildir at path.  Opens nothing yet (a
 * later call may find what is not there now).  Returns NULL with errno when
 * the Maildir itself is not there.  The other one knows the Maildir by its
 * descriptor alone, which is to stay open.  Closing NULL is a no-op.
 */
struct index *index_open(const char *path);
struct index *index_open_at(int root);
void index_close(struct index *);

/* Which messages?  Zeros are all of them. */
struct index_scope {
	const char *folder; /* NULL: all; a message in many is there once */
	const struct search_query *query; /* NULL: any */
	int64_t before;                   /* created before: us, 0: no matter */
	int64_t after; /* indexed after the message with this n */
};

struct index_row {
	int64_t n; /* rises in the order of indexing, but only in this file:
		    * who remembers a message remembers its ID */
	const char *id;
	struct maildir_file file; /* where it was when last looked at */
	bool seen;
	int64_t created; /* received: microseconds since 1970 */
	int64_t size;
	struct slice tags;    /* a JSON list of names */
	struct slice summary; /* see index_summary() */
};

/*
 * Add the row as Mailpit's MessageSummary, a JSON object.
 */
void index_summary(const struct index_row *, struct buf *);

/*
 * Call each for the messages of the scope, newest first, limit of them
 * (negative: all) from the start-th on.  What a row points to is good during
 * the call.  A return other than 0 ends it and is returned.  Returns 0 or an
 * index_status.
 */
typedef int index_each(void *with, const struct index_row *);
int index_list(struct index *, const struct index_scope *, int64_t start,
    int64_t limit, index_each *, void *with);

/*
 * The same from the first on, and without summaries, which are most of the
 * work: for who only wants to know what is there.
 */
int index_glance(struct index *, const struct index_scope *, int64_t limit,
    index_each *, void *with);

/*
 * One message by its ID, or the newest for "latest": each is called once, with
 * its document (record.h), or not at all.  Returns 1 when there was one, 0
 * when not, or an index_status.
 */
typedef void index_one(
    void *with, const struct index_row *, struct slice document);
int index_message(struct index *, const struct index_scope *, const char *id,
    index_one *, void *with);

struct index_counts {
	int64_t total, unread;
};

/*
 * A part of a list as index_list(), and how many there are in all: what is
 * searched for is looked for but once.
 */
int index_page(struct index *, const struct index_scope *, int64_t start,
    int64_t limit, struct index_counts *, index_each *, void *with);

/*
 * All places of n messages, in one state of the whole: a row, without a
 * summary, for each folder that one is in (folder: for that one; NULL: any).
 * As index_list() otherwise.
 */
int index_places(struct index *, const char (*ids)[MAILDIR_ID_MAX], size_t n,
    const char *folder, index_each *, void *with);

/*
 * How many are there?  Returns 0 or an index_status.
 */
int index_count(
    struct index *, const struct index_scope *, struct index_counts *);

/*
 * And of how many bytes are all in this folder, or in the whole Maildir
 * (NULL)?  They are gone through: not for every request.
 */
int index_size(struct index *, const char *folder, int64_t *bytes);

/*
 * How many messages has each tag, in order of names; and each folder: name is
 * the folder's, in order ("" first), and mailbox what it stands for.  As
 * index_list() otherwise.
 */
typedef int index_each_tag(void *with, const char *name, int64_t count);
int index_tags(
    struct index *, const char *folder, index_each_tag *, void *with);

typedef int index_each_folder(void *with, const char *name,
    struct slice mailbox, const struct index_counts *);
int index_folders(struct index *, index_each_folder *, void *with);

struct index_state {
	int64_t generation; /* grows with each change */
	bool complete;      /* all of the Maildir has been looked at once */
};

/*
 * Returns 0 or an index_status.
 */
int index_state(struct index *, struct index_state *);

/*
 * Is the index of the Maildir root behind it, for the indexer cannot write?
 * Returns an index_status, as INDEX_FULL or, when there was never one,
 * INDEX_ABSENT; or 0.
 */
int index_behind(int root);

/*
 * See one state of the whole until index_let().  Returns 0 or an index_status
 * (then nothing is held).
 */
int index_hold(struct index *);
void index_let(struct index *);

/*
 * What a folder stands for: an address, a domain, a user as mail_folder.h
 * makes them; of other folders the name without its dot; "" is "INBOX".
 * It may be no UTF-8 (record_string() makes JSON of it in any case).
 */
void index_mailbox(const char *folder, struct buf *);

#endif

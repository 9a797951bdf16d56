/*
 * index_write.h - the index: the writer's side, for the indexer alone.
 *
 * What is put between index_begin() and index_commit() is seen by readers
 * together or not at all.  Nothing here is ever lost for good: what fails is
 * rolled back, and the caller looks at the whole Maildir again.
 */
#ifndef INDEX_WRITE_H
#define INDEX_WRITE_H

#include "mail/index.h"

struct index_writer;

/*
 * Take the index of the Maildir root (a directory that is to stay open), making it if it is not there, is no
 * good, or of another version; *why then says so (or is NULL), and nothing is
 * in it.  Only one process may have it: NULL with errno EWOULDBLOCK
 * otherwise.
 */
struct index_writer *index_writer_open(int root, const char **why);
void index_writer_close(struct index_writer *);

/*
 * Go on after a failure, with nothing begun.  After INDEX_BUSY with a copy of
 * what was last committed, in a new file, so that who holds a lock on the old
 * one holds nothing any more; otherwise, or if that copy is no good, with an
 * empty one.  Returns 0 or an index_status.
 */
int index_renew(struct index_writer *, int status);

/*
 * Is the index's directory not the one any more that was taken: has it been
 * removed, or moved away?  Then nothing more can be written where readers
 * look, and the index is to be opened again.
 */
bool index_is_displaced(const struct index_writer *);

/*
 * Is the file still the one that we write, and in order?  Reads all of it.
 */
bool index_is_sound(const struct index_writer *);

/*
 * What is changed between begin and commit is seen by readers all at once, or
 * not at all.  Return 0 or an index_status; a commit that fails has been
 * rolled back.
 */
int index_begin(struct index_writer *);
int index_commit(struct index_writer *);
void index_rollback(struct index_writer *);

/*
 * Is this message, by its folder and base, in the index, and as what?
 * Returns 1, 0 or an index_status.
 */
struct index_known {
	int64_t n;
	bool same; /* under this very name, in this part */
	int64_t size, written;
	struct maildir_file file; /* where it is thought to be */
};
int index_knows(
    struct index_writer *, const struct maildir_file *, struct index_known *);

/*
 * It is in the index with other flags, or in another part.  Returns 0 or an
 * index_status.
 */
int index_moved(struct index_writer *, int64_t n, const struct maildir_file *,
    const struct maildir_keywords *);

/*
 * Add a message that is not in it; document as record.h says.  Returns 0, 1
 * when the document is none, or an index_status.
 */
struct index_new {
	const struct maildir_file *file;
	const struct maildir_keywords *keywords;
	struct slice document;
	int64_t created; /* received: microseconds since 1970 */
	int64_t size;
	int64_t written; /* the file's own time: likewise */
};
int index_add(struct index_writer *, const struct index_new *);

/*
 * It is gone.  Returns 0 or an index_status.
 */
int index_remove(struct index_writer *, int64_t n);

/*
 * Call each for all messages of a folder, or for all folders.  each may not
 * write.  As index_list().
 */
typedef int index_each_number(void *with, int64_t n, const char *name);
int index_numbers(
    struct index_writer *, const char *folder, index_each_number *, void *with);
int index_names(struct index_writer *, maildir_each *, void *with);

/*
 * The oldest message there is (created): 1 and where it is, 0 when there is
 * none, or an index_status.  *total becomes how many there are.
 */
int index_oldest(struct index_writer *, struct maildir_file *, int64_t *n,
    int64_t *created, int64_t *total);

/*
 * The whole Maildir has been looked at.
 */
int index_complete(struct index_writer *);

/*
 * Let readers know that what lies in the Maildir cannot be put into the index,
 * and why (an index_status); or that all of it is there (0).
 */
void index_fall_behind(struct index_writer *, int status);

/*
 * Clear away what removed messages have left behind, a bounded part of it.
 * Within a transaction.  Returns 1 when there is more, 0, or an index_status.
 */
int index_sweep(struct index_writer *);

#endif

/*
 * record.h - what is known of a message: one JSON object, and what the
 * index takes out of it.
 *
 * The object is made by the reader (servers/indexer/reader.h) with a MIME
 * library, or here when there is no reader to be had: its keys are those of
 * Mailpit's Message but for ID, Read and Tags, and ours beside them:
 *
 *	Snippet SearchText Envelope{From,To[],Helo,Address,Name,With,User,
 *	Params,Date} SentOffset Headers[[name,value]...] Links[] Parts[] Error
 *
 * SentOffset is where the message begins in the file; when the block before it
 * has LF, grammar/mail_ends.h gives back what was sent.
 *
 * Whoever made it, it is not trusted: a key that is missing or of another type
 * is taken for empty.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

#define RECORD_MAX      ((size_t)64 << 20) /* bytes of JSON */
#define RECORD_TEXT_MAX ((size_t)4 << 20)  /* of a raw message shown */
#define RECORD_HEAD_MAX ((size_t)256 << 10)
#define RECORD_FIND_MAX ((size_t)1 << 20) /* of text to be searched */

/*
 * Make one of the mail file fd without knowing MIME: the fields of the header
 * unfolded, the body shown as it is (its beginning, if it is long), all of it
 * valid UTF-8.  why becomes Error.  Adds to json; returns 0, or -1 with errno
 * when the file cannot be read or memory runs out.
 */
int record_raw(int fd, const char *why, struct buf *json);

/* What the index takes out of it.  Texts to be searched are folded. */
struct record {
	struct buf from, to, cc, bcc, reply_to, subject, message_id;
	struct buf text;
	int64_t attachments, inlines;
	struct buf json;    /* the object without SearchText */
	struct buf summary; /* the end of Mailpit's MessageSummary: what
			     * follows ID, Read and Tags, from its comma on */
};

/*
 * Read one; created (microseconds since 1970) and size (bytes of the file) go
 * into the summary.  It need not have been initialised; free it afterwards in
 * any case.  Returns 0, or -1 if json is no object or memory runs out.
 */
int record_read(
    struct record *, struct slice json, int64_t created, int64_t size);
void record_free(struct record *);

/*
 * Add a time, microseconds since 1970, as RFC 3339 has it, with quotes.
 */
void record_time(struct buf *, int64_t us);

/*
 * Add text as a JSON string, with quotes.  What is no UTF-8 becomes U+FFFD.
 */
void record_string(struct buf *, struct slice);

#endif

/*
 * message_inside.h - what the files message*.c share while one message is
 * read.
 */
#ifndef MESSAGE_INSIDE_H
#define MESSAGE_INSIDE_H

#include <gmime/gmime.h>
#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "indexer/document.h"

struct message {
	int fd;
	uint64_t size;   /* of the file */
	int64_t mtime;   /* of the file, in seconds */
	struct buf head; /* its first bytes: trace and header */
	uint64_t sent;   /* SentOffset */
	uint64_t begin;  /* where the header begins: sent, or a bit behind */
	uint64_t body;   /* where the body begins */
	uint64_t end;    /* where it ends for us */

	struct document doc;
	GMimeParserOptions *options;
	GMimeMessage *mime;  /* NULL: nothing that GMime can read */
	GDateTime *received; /* by the envelope; may be NULL */

	struct buf text, html; /* of the bodies, as UTF-8 */
	size_t parts;
	size_t embedded; /* messages inside this one, so far */
	/* For SearchText: names and addresses; names of attachments; what
	 * messages inside this one say. */
	struct buf people, files, inside;
};

/* Parts of the same multipart, or the only part of a message. */
struct siblings {
	bool alternative, related; /* multipart/... */
	bool has_text, has_html;   /* one of them was a body */
};

/* One part that is no multipart. */
struct part {
	const char *id; /* as Mailpit numbers them */
	uint64_t offset, length;
	struct slice encoding;
	struct slice type; /* "text/plain" */
	struct slice charset;
	struct slice filename; /* without directories; may be empty */
	struct slice content_id;
	struct slice disposition; /* "attachment", "inline" or what it says */
};

/*
 * message_trace.c: find the trace block at the beginning of head; sets sent
 * and received, adds Envelope and Username.
 */
void message_trace(struct message *);

/*
 * message_head.c: Headers, and what is in single fields.
 */
void message_head(struct message *);

/*
 * message_people.c: From, To, Cc, Bcc, ReplyTo, ReturnPath.  After
 * message_trace().
 */
void message_people(struct message *);

/*
 * message_parts.c: all parts; when there is none, the body as it is.
 */
void message_parts(struct message *);

/*
 * Have GMime read length bytes of the file as a message.  Returns it, or NULL.
 */
GMimeMessage *message_parse(struct message *, uint64_t offset, uint64_t length);

/*
 * Fill in a part from GMime's.  Returns false when it has no bytes in the file.
 * filename and encoding belong to GMime, as all the rest.
 */
bool message_part(GMimePart *, struct part *);

/*
 * What of a name can neither lead anywhere nor begin another line; nothing, if
 * it is only dots.
 */
struct slice message_base_name(struct slice);

/*
 * message_leaf.c: one part: add it to Parts, and to Text, HTML, Inline or
 * Attachments.
 */
void message_leaf(struct message *, const struct part *, struct siblings *);

/*
 * message_content.c: decode a part, a piece at a time.  The first bytes go to
 * first (as many as its maximum), all of them through sums, if not NULL.
 * Returns how many there are.
 */
enum { SUM_MD5, SUM_SHA1, SUM_SHA256, SUMS };

uint64_t message_content(const struct message *, const struct part *,
    struct buf *first, GChecksum *sums[SUMS]);

/*
 * message_embedded.c: add the words of a message inside this one to inside.
 */
void message_embedded(struct message *, const struct part *);

/*
 * message_words.c: Text, HTML, Snippet, Links, SearchText.
 */
void message_words(struct message *);

/*
 * The charset of a text: as its part says or, in HTML, a <meta> near the
 * beginning.
 */
struct slice message_charset(const struct part *, struct slice content);

/* A time as RFC 3339 has it, in its own zone. */
json_t *message_date(GDateTime *);

#endif

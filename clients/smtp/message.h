/*
 * message.h - the message: standard input with its header, what is composed
 * of it, and the file in which it is ready for the network.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "bytes/buf.h"
#include "grammar/smtp_data.h"

struct options;

#define MESSAGE_LINE_MAX 998 /* without CRLF: RFC 5322 2.1.1 */

/* A message, ready for the network: lines end in CRLF. */
struct message {
	FILE *file;
	uint64_t size;
	bool eight_bit; /* has bytes above 127 */
	bool odd;       /* has a line of more than MESSAGE_LINE_MAX bytes, or a
			 * byte 0: many servers refuse it, or cut it */
	size_t column;  /* bytes of the last line so far */
	bool exact;     /* --raw: not to be encoded anew */
	struct smtp_lines lines;
};

/* A field of a header, with its folds and its line end. */
struct field {
	struct slice name; /* without blanks before the colon */
	struct slice text; /* all of it */
	struct slice value;
};

/* Where in a file a header and a body are. */
struct head {
	struct buf text;
	struct field *fields;
	size_t count;
	off_t begin; /* of all, behind a BOM */
	off_t body;
	bool ended; /* by an empty line, */
	bool last;  /* or by the end of the file */
};

/*
 * input.c: standard input as a file (dots: up to a line that is a dot alone),
 * and the fields that it begins with.  A BOM goes, and the "From " line of an
 * mbox.  All end the program on failure.
 */
FILE *input_read(FILE *in, bool dots);

/*
 * A file without a name, to be written and read; in memory where nobody may
 * make one, as below berth-relay(8).  NULL with errno on failure.
 */
FILE *input_file(void);
void head_read(struct head *, FILE *);
void head_free(struct head *);
const struct field *head_find(const struct head *, const char *name);
bool field_split(struct slice line, struct field *);

/*
 * whole.c: is this a header, or a text that begins with a word and a colon?
 * And the message as it came, with the fields that it lacks or that the
 * options give, and without Bcc.
 */
bool whole_is(const struct head *);
void whole(
    struct message *, FILE *, const struct head *, const struct options *);

/*
 * given.c: add the fields that the options give (which: those of a part, or
 * the others, or all); do they give this one?  Is it a field of a part; one
 * that there may be but one of; one that must say something, and does not?
 */
enum given { GIVEN_PART = 1, GIVEN_OTHERS = 2, GIVEN_ALL = 3 };
void given_check(const struct options *);
void given_add(struct buf *out, const struct options *, enum given which);
bool given_has(const struct options *, const char *name);
bool given_is_part(struct slice name);
bool given_is_once(struct slice name);
bool given_is_nothing(const struct field *);

/*
 * compose.c: what the message is that standard input and the options mean.
 */
void compose(struct message *, FILE *in, const struct options *);

/*
 * mime.c: add a field to out, encoded and folded; the fields From, To, Date
 * and Message-ID of our own.
 */
void mime_begin(void);
void mime_field(struct buf *out, const char *name, struct slice value);
void mime_from(struct buf *out, const char *name, const struct options *);
void mime_to(struct buf *out, const struct options *);
void mime_date(struct buf *out, const char *name);
void mime_id(struct buf *out, const char *name);

/*
 * parts.c: the fields Content-... and the body that a text and the files to be
 * attached come to, added to a message behind its other fields.
 */
void parts_add(
    struct message *, FILE *text, off_t from, const struct options *);

/*
 * seven.c: begin a message that is the other one without bytes above 127, long
 * lines and bytes 0.  Returns false if there is no way.
 */
bool seven_bit(const struct message *, struct message *to);

/*
 * message.c: lines of this machine become lines of the network.  message_begin
 * starts an empty message, message_add adds to it, message_copy the rest of a
 * file, message_end makes it ready.  All end the program on failure.
 */
void message_begin(struct message *);
void message_add(struct message *, struct slice);
void message_copy(struct message *, FILE *from);
void message_end(struct message *);

#endif

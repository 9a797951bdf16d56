/*
 * smtp.h - the rooms of berth-smtp.
 *
 *	main.c		options and what they come to
 *	sendmail.c	the same, called as sendmail
 *	sendmail_flags.c	and its command line
 *	relay.c		sendmail -bs: SMTP on standard input
 *	server.c	HOST[:PORT]
 *	addresses.c	every address that enters
 *	idn.c		addresses of any script
 *	input.c		standard input, and where its header is
 *	whole.c		a message as it came, with what it lacks
 *	compose.c	a message from a text and files
 *	given.c		the fields that options give
 *	mime.c		fields, encoded and folded
 *	parts.c		texts and files as parts of a message
 *	seven.c		a message without bytes above 127
 *	message.c	a message ready for the network
 *	show.c		the dialogue shown
 *	secure.c	TLS
 *	dialogue.c	the connection: commands, replies
 *	reply.c		a reply of any length, kept short
 *	starttls.c	TLS by STARTTLS
 *	hello.c		who are you, what can you do, and logging in
 *	send.c		one message over a connection
 *	envelope.c	its sender and its recipients
 *	content.c	its bytes
 *	load.c		many of them, and how long they took
 */
#ifndef SMTP_H
#define SMTP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bytes/buf.h"
#include "grammar/smtp_data.h"
#include "grammar/smtp_reply.h"
#include "conn/conn.h"
#include "system/args.h"

/* Exit codes beside those of log.h: sysexits.h. */
enum {
	EXIT_SENT = 0,
	EXIT_REFUSED = 65,       /* for good: 5xx */
	EXIT_NO_HOST = 68,       /* no such name */
	EXIT_NO_CONNECTION = 69, /* cannot connect */
	EXIT_LATER = 75,         /* not now: 4xx, or the connection was lost */
	EXIT_PROTOCOL = 76,      /* the server does not speak SMTP */
};

/* RFC 5321 4.5.3.2, in milliseconds. */
enum {
	WAIT_CONNECT = 60 * 1000,
	WAIT_COMMAND = 300 * 1000, /* greeting, MAIL, RCPT and the others */
	WAIT_DATA = 120 * 1000,
	WAIT_BLOCK = 180 * 1000,
	WAIT_DOT = 600 * 1000,
};

enum stage {
	STAGE_CONNECT,
	STAGE_EHLO,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_BODY,
	STAGE_DOT,
	STAGE_NONE,
};

struct options {
	const char *host, *port; /* of the server */
	char *host_copy;
	const char *subject, *helo, *auth;
	struct arg_list attach, headers;
	bool lmtp, bdat, no_pipelining, verbose, raw, text, reconnect;
	bool helo_only;
	bool tls, insecure;
	const char *starttls; /* NULL: no; "may": if it can be had; "" */
	const char *ca_file;
	enum stage stop_after, drop_after;
	uint64_t count, parallel;
	const char *from;           /* as in a path, "" for <> */
	const char *from_name;      /* for From, or NULL */
	char *sender, *sender_name; /* their memory, from take_sender() */
	const char **to;            /* each once */
	size_t to_count, to_room;
	const char *notify, *ret, *envid; /* DSN (RFC 3461), or NULL */
};

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

/* What a server offers; bits of dialogue.offers. */
enum {
	OFFER_PIPELINING = 1 << 0,
	OFFER_SIZE = 1 << 1,
	OFFER_8BITMIME = 1 << 2,
	OFFER_SMTPUTF8 = 1 << 3,
	OFFER_CHUNKING = 1 << 4,
	OFFER_AUTH_PLAIN = 1 << 5,
	OFFER_AUTH_LOGIN = 1 << 6,
	OFFER_AUTH_CRAM = 1 << 7,
	OFFER_DSN = 1 << 8,
	OFFER_STARTTLS = 1 << 9,
};

struct dialogue {
	struct conn c;
	const struct options *o;
	unsigned offers;
	uint64_t max_size;   /* of the offer SIZE; 0: not said */
	struct buf out;      /* commands that go out together */
	struct buf reply;    /* the last reply, its text if long shortened */
	uint64_t heard;      /* bytes of it so far, */
	size_t line, last;   /* of its last line, and where that begins */
	struct smtp_reply r; /* the same, taken apart */
	int fault;           /* an exit code once something is wrong */
	bool stopped;        /* a stage has been reached after which to end */
	bool cut;            /* it took no more: what has it said? */
};

/*
 * server.c: HOST[:PORT] into o->host and o->port, 25 if there is none.
 */
void split_server(struct options *o, const char *text);

/*
 * addresses.c: a list of recipients, or one sender, which is to be read by
 * RFC 5322 and for nothing else.  where is what to call it if it is wrong,
 * for then the program ends: EXIT_USAGE, and where in it.  A recipient that
 * is there already is passed over.  An operand in which nobody is may be a
 * mistake of a script's: that is a warning.
 */
void take_recipients(struct options *, const char *where, struct slice);
void take_operand(struct options *, const char *text);
void take_sender(struct options *, const char *where, struct slice);

/*
 * input.c: standard input as a file (dots: up to a line that is a dot alone),
 * and the fields that it begins with.  A BOM goes, and the "From " line of an
 * mbox.  All end the program on failure.
 */
FILE *input_read(FILE *in, bool dots);
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

/*
 * sendmail.c: called as sendmail.  Fills in options and message from argv and
 * standard input; or does all there is to do, and exits.
 */
void sendmail_read(int argc, char **argv, struct options *, struct message *);

/*
 * relay.c: sendmail -bs.  Returns an exit code.
 */
int relay(const struct options *);

/*
 * dialogue.c: connect and hear the greeting.  Returns 0, or an exit code (said).
 */
int dialogue_open(struct dialogue *, const struct options *);

/*
 * Say a command (CRLF is added): sent at once, or with the next dialogue_hear.
 * shown stands in the dialogue in its place, unless it is NULL.  A line that
 * holds CR, LF or NUL is never sent: it is the dialogue's fault, EXIT_USAGE.
 */
void dialogue_say(struct dialogue *, const char *shown, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Send what has been said, and hear a reply within ms.  Returns its code, or
 * -1 when there is none: fault is then set, and said.
 */
int dialogue_hear(struct dialogue *, int64_t ms);

/*
 * Both.  The text of the last reply, in one line, is dialogue_words.
 */
int dialogue_ask(struct dialogue *, int64_t ms, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
const char *dialogue_words(struct dialogue *);

/*
 * reply.c: take what has come of a reply.  Returns 1 when it is whole, 0 for
 * "more, please", or an smtp_reply_fault.
 */
void reply_begin(struct dialogue *);
int reply_take(struct dialogue *);

/*
 * The exit code that a reply comes to, when its first digit should be wanted:
 * 0, EXIT_LATER or EXIT_REFUSED; and say why, if it is not 0.  A reply that
 * says yes to something else is EXIT_PROTOCOL, and the dialogue's fault.
 */
int dialogue_judge(struct dialogue *, int wanted, const char *about);

/*
 * QUIT and hang up; or hang up without a word.
 */
void dialogue_close(struct dialogue *);
void dialogue_drop(struct dialogue *);

/*
 * show.c: show a line of the dialogue, if it is wanted; who is "C: " or "S: ".
 */
void dialogue_show(const struct dialogue *, const char *who, struct slice line);

/*
 * secure.c, starttls.c: the connection becomes secure: now; or by STARTTLS, if
 * it is wanted and offered.  Both return 0, or an exit code (said, and the
 * dialogue's fault).  *began: what the server has said before counts no more.
 */
int secure_begin(struct dialogue *);
int secure_starttls(struct dialogue *, bool *began);

/*
 * hello.c: EHLO, or HELO or LHLO, and AUTH if asked for.  Returns 0 or an
 * exit code.
 */
int hello(struct dialogue *);

/*
 * send.c: one message.  Returns 0 or an exit code; the dialogue may be used for
 * another one unless its fault is set, or it is stopped.
 */
int send_message(struct dialogue *, const struct message *);

/* What becomes of each recipient. */
enum fate { OPEN, TAKEN, SENT, REFUSED };

struct sending {
	struct dialogue *l;
	const struct message *message;
	enum fate *fate;
	size_t accepted;   /* recipients in this transaction */
	bool full;         /* it takes no more of them in this one */
	bool said;         /* MAIL has been, once at least */
	bool mail_refused; /* what is said to RCPT and DATA is an echo */
	int code;          /* of the first refusal */
};

/*
 * idn.c: an address as this server can take it, good until the next call, or
 * NULL; will it be sent with SMTPUTF8?  Refuse the recipients who cannot be
 * spelled: is anybody left?  Are these two spellings of one domain?
 */
bool idn_same_domain(const char *, const char *);
const char *idn_spelled(const struct dialogue *, const char *address);
bool idn_is_needed(const struct dialogue *);

/*
 * envelope.c: MAIL for the recipients that are still open, and RCPT and DATA
 * for them.  envelope_mail returns 0 or an exit code, envelope true when the
 * message may be sent.  envelope_ends_at says whether the user wants it to end
 * here, envelope_note keeps the first exit code, envelope_next finds the next
 * recipient of that fate from one on.
 */
bool envelope_ends_at(struct sending *, enum stage);
void envelope_note(struct sending *, int code);
bool envelope_uses_bdat(const struct dialogue *);
int envelope_mail(struct sending *);
bool envelope(struct sending *);
size_t envelope_next(const struct sending *, size_t from, enum fate);

/*
 * content.c: the message behind a 354 (NULL: nothing of it), and the dot that
 * ends it; or all of it in chunks, each answered before the next but for the
 * last, whose answer is the verdict.  content_bdat returns 0 or the exit code
 * of a chunk that was refused.
 */
void content_data(struct dialogue *, const struct message *);
void content_dot(struct dialogue *);
int content_bdat(struct dialogue *, const struct message *);

/*
 * load.c: count messages over parallel connections.  Returns an exit code.
 */
int load(const struct options *, const struct message *);

#endif

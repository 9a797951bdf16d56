/*
 * smtp.h - the rooms of berth-smtp.
 *
 *	main.c		options and what they come to
 *	sendmail.c	the same, called as sendmail
 *	server.c	HOST[:PORT]
 *	message.c	a message, from standard input to a file
 *	compose.c	a header and attachments for it
 *	dialogue.c	the connection: commands, replies, the dialogue shown
 *	hello.c		who are you, what can you do, and logging in
 *	send.c		one message over a connection
 *	content.c	its bytes
 *	load.c		many of them, and how long they took
 */
#ifndef SMTP_H
#define SMTP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bytes/buf.h"
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
	bool lmtp, bdat, no_pipelining, verbose, raw, reconnect;
	enum stage stop_after, drop_after;
	uint64_t count, parallel;
	const char *from;
	const char *const *to;
	size_t to_count;
};

/* A message, ready for the network: lines end in CRLF. */
struct message {
	FILE *file;
	uint64_t size;
	bool eight_bit; /* has bytes above 127 */
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
};

struct dialogue {
	struct conn c;
	const struct options *o;
	unsigned offers;
	uint64_t max_size;   /* of the offer SIZE; 0: not said */
	struct buf out;      /* commands that go out together */
	struct buf reply;    /* the last reply */
	struct smtp_reply r; /* the same, taken apart */
	int fault;           /* an exit code once something is wrong */
	bool stopped;        /* a stage has been reached after which to end */
};

/*
 * server.c: HOST[:PORT] into o->host and o->port, 25 if there is none.
 */
void split_server(struct options *o, const char *text);

/*
 * message.c: read first, and then all of in; lines of this machine become lines
 * of the network.  dots: a line that is a dot alone ends it.  message_begin starts an empty
 * one, message_add adds bytes that are such lines already, message_end makes it
 * ready.  All end the program on failure.
 */
void message_begin(struct message *);
void message_add(struct message *, struct slice);
void message_read(struct message *, struct slice first, FILE *in, bool dots);
void message_end(struct message *);

/*
 * compose.c: put the header that was asked for, and is missing, before what
 * standard input holds; with attachments as a MIME multipart.
 */
void compose(struct message *, FILE *in, const struct options *);

/*
 * sendmail.c: called as sendmail.  Fills in options and message from argv and
 * standard input.
 */
void sendmail_read(int argc, char **argv, struct options *, struct message *);

/*
 * dialogue.c: connect and hear the greeting.  Returns 0, or an exit code (said).
 */
int dialogue_open(struct dialogue *, const struct options *);

/*
 * Say a command (CRLF is added): sent at once, or with the next dialogue_hear.
 * shown stands in the dialogue in its place, unless it is NULL.
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
 * Show a line of the dialogue, if it is wanted; who is "C: " or "S: ".
 */
void dialogue_show(const struct dialogue *, const char *who, struct slice line);

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

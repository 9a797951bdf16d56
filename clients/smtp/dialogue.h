/*
 * dialogue.h - the connection to a server: what is said over it, what the
 * server answers and what it offers.
 */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "grammar/smtp_reply.h"
#include "conn/conn.h"

struct options;

/* RFC 5321 4.5.3.2, in milliseconds. */
enum {
	WAIT_CONNECT = 60 * 1000,
	WAIT_COMMAND = 300 * 1000, /* greeting, MAIL, RCPT and the others */
	WAIT_DATA = 120 * 1000,
	WAIT_BLOCK = 180 * 1000,
	WAIT_DOT = 600 * 1000,
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
	bool leaves;         /* there is but QUIT to say */
};

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

#endif

/*
 * relay.h - what is said between the inbox and its relay.
 *
 * The relay (servers/relay, a process of its own) sends messages to the one
 * mail server that the options name; no process that talks to clients can
 * connect to it.  Each connection to the inbox has a socket to the relay
 * (SOCK_SEQPACKET) that the master made for this connection alone.  A child
 * passes the message as an open file, and says for whom; the relay looks at
 * the addresses again.  One kind of question, of one size; anything else ends
 * the socket.
 */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RELAY_PROGRAM   "berth-relay"
#define RELAY_FROM_MAX  1024 /* bytes of a sender, with a NUL */
#define RELAY_TO_MAX    8192 /* of all recipients, each with a NUL */
#define RELAY_TO_MOST   50   /* recipients of one message */
#define RELAY_WORDS_MAX 512
#define RELAY_MS        120000 /* for one message */

/* Its option --tls, as the inbox's. */
#define RELAY_TLS_CHOICE "may|starttls|on|off"

/* Beside it the file, at the beginning of what is to be sent. */
struct relay_ask {
	uint32_t ticket;           /* comes back with the answer */
	uint32_t count;            /* recipients */
	char from[RELAY_FROM_MAX]; /* "": nobody (RFC 5321 4.5.5) */
	char to[RELAY_TO_MAX];
};

enum relay_end {
	RELAY_SENT,
	RELAY_REFUSED, /* for good, or the addresses may not be */
	RELAY_LATER,   /* not now */
};

struct relay_answer {
	uint32_t ticket;
	int32_t end;                 /* enum relay_end */
	char words[RELAY_WORDS_MAX]; /* why, with a NUL behind */
};

/*
 * Is this an address that may stand in an envelope, and nothing else?
 */
bool relay_is_address(const char *);

/*
 * May mail go there?  patterns are globs over the whole address in which case
 * does not count ("*@example.com"); without any it may go anywhere.
 */
bool relay_may(const char *address, const char *const *patterns, size_t count);

#endif

/*
 * keeper.h - what is said between a child and the key keeper.
 *
 * The keeper (servers/keeper, a process of its own) holds the keys of the
 * server's certificates; no process that talks to clients does.  Each
 * connection has a socket to it (SOCK_SEQPACKET) that the master made for
 * this connection alone.  A child that is taken over has this and no more:
 *
 *  - one signature, and none after it.  The keeper makes what it signs by
 *    itself, from the parts of a handshake, so no other use can be made of it
 *    than a handshake.
 *  - sessions: two put away, and one fetched whose secret name it knows and
 *    whose client came from where its own does, as the master says.
 *
 * Three kinds of messages, all of one size.  Anything else ends the
 * connection to the keeper.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <stdint.h>

#define KEEPER_PROGRAM "berth-keeper"
#define KEEPER_DATA    1024 /* bytes at most in a message */

enum keeper_kind {
	/*
	 * TLS 1.3, RFC 8446 4.4.3: data is the hash of the transcript.  TLS
	 * 1.2, RFC 8422 5.4: data is the client's random, the server's random,
	 * and the ServerECDHParams.
	 */
	KEEPER_SIGN = 1,
	/* Put a session away: data is its name (32 bytes) and itself.  There
	 * is no answer: nobody waits for it. */
	KEEPER_KEEP = 2,
	/* Give it back: data is its name. */
	KEEPER_FETCH = 3,
};

/* What the master sends beside a new socket: a struct in6_addr that says where
 * the client comes from (master/keeper_line.c). */
#define KEEPER_SOURCE 16

struct keeper_ask {
	uint8_t kind;
	uint8_t key;      /* number of the certificate */
	uint16_t version; /* 0x0303, 0x0304: SIGN only */
	uint16_t scheme;  /* SignatureScheme, RFC 8446 4.2.3: SIGN only */
	uint16_t n;       /* bytes of data that count; the others are 0 */
	uint8_t data[KEEPER_DATA];
};

struct keeper_answer {
	uint16_t n; /* 0: no */
	uint8_t data[KEEPER_DATA];
};

#define KEEPER_NAME      32   /* bytes in the name of a session */
#define KEEPER_KEEPS_MAX 2    /* of one connection */
#define KEEPER_LONGEST_S 7200 /* a session is good for so long */

#define KEEPER_TLS12 0x0303
#define KEEPER_TLS13 0x0304

#endif

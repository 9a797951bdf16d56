/*
 * websocket.h - WebSocket (RFC 6455) from the server's side: the key of the
 * handshake, and frames.
 *
 * No extension and no subprotocol is known.  What a client sends to us is
 * little (a ping, a close, seldom a text), so a frame is judged when all of it
 * is there, and one beyond WEBSOCKET_MAX is refused by its head.  Pure.
 */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

#define WEBSOCKET_MAX      65536 /* bytes of a client's message */
#define WEBSOCKET_HEAD_MAX 14    /* bytes of a frame before its payload */
#define WEBSOCKET_KEY_MAX  29    /* the answer to a key, and a NUL */

enum websocket_opcode {
	WEBSOCKET_CONTINUED = 0,
	WEBSOCKET_TEXT = 1,
	WEBSOCKET_BINARY = 2,
	WEBSOCKET_CLOSE = 8,
	WEBSOCKET_PING = 9,
	WEBSOCKET_PONG = 10,
};

/* Why a connection is closed, RFC 6455 7.4.1. */
enum websocket_why {
	WEBSOCKET_NORMAL = 1000,
	WEBSOCKET_GOING_AWAY = 1001,
	WEBSOCKET_PROTOCOL = 1002, /* it broke the rules */
	WEBSOCKET_NO_TEXT = 1007,  /* what it called text is not UTF-8 */
	WEBSOCKET_TOO_BIG = 1009,
};

/*
 * The answer to Sec-WebSocket-Key, as a string.  Returns 0, or -1 when the key
 * is not sixteen bytes in base64.
 */
int websocket_accept(struct slice key, char answer[WEBSOCKET_KEY_MAX]);

/* What a client has sent so far.  Zeros at the beginning. */
struct websocket {
	enum websocket_opcode kind; /* of the message that is begun, or 0 */
	size_t size;                /* bytes of it so far */
	/* Of a text: bytes that its last character lacks, and within what the
	 * next of them must be. */
	unsigned char lacks, least, most;
};

struct websocket_frame {
	enum websocket_opcode opcode;
	bool last;            /* of its message; always so of a ping ... */
	struct slice payload; /* unmasked, in place */
};

/*
 * Take the next frame of a client from n bytes at p, whose payload is unmasked
 * there.  Text is UTF-8, in all its pieces together.  Returns the bytes it
 * takes; 0 for "more, please"; or the negative of a websocket_why, after which
 * nothing can be taken any more.
 */
long websocket_take(
    struct websocket *, char *p, size_t n, struct websocket_frame *);

/*
 * Add a whole message of ours as one frame.
 */
void websocket_put(struct buf *, enum websocket_opcode, struct slice payload);

/*
 * Add a frame that closes, for this reason; why may be 0, for none.
 */
void websocket_put_close(struct buf *, int why);

/*
 * The reason in a close frame's payload: WEBSOCKET_NORMAL if it has none,
 * WEBSOCKET_PROTOCOL if it has one that may not stand there, WEBSOCKET_NO_TEXT
 * if the words behind it are not UTF-8.
 */
int websocket_close_why(struct slice payload);

#endif

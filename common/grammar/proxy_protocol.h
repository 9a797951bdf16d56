/*
 * proxy_protocol.h - the header by which a proxy says, before a connection's
 * first byte, whose connection it passes on: the PROXY protocol of HAProxy, in
 * its versions 1 (a line) and 2 (binary).
 *
 * Pure: whether the other end is a proxy that is to be believed is known
 * elsewhere (conn/proxied.h).
 */
#ifndef PROXY_PROTOCOL_H
#define PROXY_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/slice.h"

#define PROXY_V1_MAX     107   /* the longest line, CR LF included */
#define PROXY_V2_FIXED   16    /* what version 2 begins with */
#define PROXY_HEADER_MAX 16384 /* longer ones are refused */

enum proxy_status {
	PROXY_NONE = -1,     /* it begins with other bytes */
	PROXY_BAD = -2,      /* it breaks the rules */
	PROXY_LONG = -3,     /* it is longer than it may be */
	PROXY_CHECKSUM = -4, /* its own checksum denies it */
};

enum proxy_family {
	PROXY_UNKNOWN, /* the proxy speaks for itself, or does not know */
	PROXY_V4,
	PROXY_V6,
	PROXY_UNIX,
};

/*
 * What it says.  Slices point into the header; one is empty where nothing is
 * said, and may hold any byte.
 */
struct proxy_header {
	int version;
	bool local; /* the proxy's own connection: a check of our health */
	enum proxy_family family;
	uint8_t from[16], to[16]; /* as they travel; PROXY_V4: the first 4 */
	unsigned from_port, to_port;
	/* The client has said that it wants this host (SNI), this protocol. */
	struct slice authority, alpn;
	struct slice unique_id; /* of this connection, for logs */
	bool tls;               /* the client speaks TLS to the proxy */
	bool certified; /* and has shown a certificate that was verified */
	struct slice tls_version, tls_cipher, common_name;
};

/*
 * Read the header at the beginning of some bytes.  Returns its length, 0 for
 * "more, please", or a proxy_status; *h is undefined unless the length is
 * returned.
 */
long proxy_header(struct slice, struct proxy_header *h);

/*
 * A proxy_status in words: "it is not preceded by a PROXY header" ...
 */
const char *proxy_why(long status);

#endif

/*
 * proxied.h - a connection that a proxy passes on: whose it is.
 *
 * The proxy says so before the first byte (grammar/proxy_protocol.h).  Whether
 * it is one that is to be believed is decided by its address, by the master
 * (--proxy-from); here it is believed.
 */
#ifndef PROXIED_H
#define PROXIED_H

#include <stdbool.h>

#include "system/addr.h"

#define PROXIED_MS 5000 /* for the header */

/* What it has said.  Texts go into a log as they are, or are empty. */
struct proxied {
	struct addr by; /* the proxy itself */
	bool named;     /* it has said whose connection it is; else it is the
			 * proxy's own, or it does not know */
	bool tls;       /* the client speaks TLS to the proxy */
	char tls_version[16];
	char authority[128]; /* the host that the client wants (SNI) */
	char alpn[32];       /* the protocol that they agreed on */
	char unique_id[129];
	char common_name[64]; /* of a certificate that was verified */
};

struct conn;

/*
 * Read the header and not one byte more, within PROXIED_MS; c->peer, our end
 * and c->proxied are what it says.  Returns 1; 0 when the other end left
 * without a byte; or negative: a conn_status, or PROXIED_FAULT + a
 * proxy_status, and *why in words.
 */
#define PROXIED_FAULT (-100)
int proxied_take(struct conn *, const char **why);

/*
 * Does the client speak TLS, with us or with the proxy that passes its bytes
 * on?
 */
bool proxied_is_secure(const struct conn *);

#endif

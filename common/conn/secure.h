/*
 * secure.h - a conn becomes secure: TLS below the bytes, by OpenSSL.
 *
 * OpenSSL is large, and a process that never needs it must not pay for it: no
 * program is linked to it.  It comes with a module (berth-tls.so, the folder
 * common/tls) that is loaded when somebody asks for TLS: in a server before
 * the first fork, for children cannot load code; in a client when an address
 * wants it.  From secure_serve() or secure_connect() on the conn is used as
 * before.
 */
#ifndef SECURE_H
#define SECURE_H

#include <stdbool.h>

#include "bytes/slice.h"
#include "system/pages.h"

#define SECURE_MODULE   "berth-tls.so"
#define SECURE_WHY_MAX  256   /* a fault in words, NUL included */
#define SECURE_SHAKE_MS 15000 /* for the whole handshake */
#define SECURE_KEYS_MAX 16    /* certificates of one server */

struct conn;

/* How it went. */
enum secure_status {
	SECURE_DONE = 0,
	SECURE_FAILED = -1,    /* no agreement, a broken connection ... */
	SECURE_TIMEOUT = -2,   /* the deadline came first */
	SECURE_UNTRUSTED = -3, /* nobody we trust vouches for the server */
	SECURE_NOT_IT = -4,    /* the certificate is another server's */
	SECURE_PLAIN = -5,     /* it speaks, HTTP perhaps, without TLS:
				* the conn is plain again, and what has come
				* is in c->in */
	SECURE_GONE = -6,      /* the other end left without a word */
};

/*
 * Load the module, once.  Returns 0, or -1 with why in words.
 */
int secure_load(char why[SECURE_WHY_MAX]);
bool secure_is_loaded(void);

/* ---- a server ---- */

/*
 * In a server, before the first fork: one more certificate, in a file with
 * those that vouch for it, PEM.  Its key is known to the key keeper
 * (tls/keeper.h) by the number that is returned, from 0 on.  The first one is
 * for clients that name no host, or one that no certificate names.  Returns
 * -1 with why in words; otherwise why says for what clients will not trust it,
 * or nothing.
 */
int secure_add(const char *certificate, char why[SECURE_WHY_MAX]);

/*
 * Then, in a master and in a zygote: do once what each child would do for
 * itself.  served, if it is not NULL, is called when a turn of the server
 * begins and when it is over.  Without certificates nothing is done.
 */
void secure_warm(void (*served)(bool begins));

/*
 * After that, last: make what is the first connection's of each process that
 * is forked from now on.
 */
void secure_prepare(void);

/*
 * For pages_own(): where the module's code lies, and what is only read.
 */
#define SECURE_PAGES 2
void secure_pages(struct pages_used used[SECURE_PAGES]);

/*
 * In a child: secure a connection as a server, by the conn's deadline or
 * SECURE_SHAKE_MS, whichever comes first.  c->keeper is a socket to the key
 * keeper, made for this handshake, and closed after it.  alpn: struct service.
 */
int secure_serve(struct conn *, struct slice alpn, char why[SECURE_WHY_MAX]);

/* ---- a client ---- */

struct secure_want {
	const char *name;    /* of the server: a host, or an address as text */
	const char *ca_file; /* trust these alone, PEM; NULL: the system's */
	bool insecure;       /* whoever it is */
	struct slice alpn;   /* as in struct service; may be empty */
};

/*
 * Secure a connection as a client, by the conn's deadline or SECURE_SHAKE_MS,
 * whichever comes first.  Returns an enum secure_status, with why in words if
 * it is not SECURE_DONE.  What want points to need not live on.
 */
int secure_connect(
    struct conn *, const struct secure_want *, char why[SECURE_WHY_MAX]);

/* ---- both ---- */

/* What a handshake came to. */
struct secure_facts {
	char version[16]; /* "TLSv1.3" */
	char cipher[64];
	char group[32]; /* of the key exchange; "" if unknown */
	bool resumed;
	/* Of a server's certificate, for its client; else "". */
	char subject[256], issuer[256], until[40], trust[128];
};

/*
 * Tell them of a conn; all are empty if it is not secure.
 */
void secure_tell(const struct conn *, struct secure_facts *);

#endif

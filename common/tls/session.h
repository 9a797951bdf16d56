/*
 * session.h - one TLS session: the transport below a conn.
 *
 * The inside of the module.  server.c and client.c make sessions by handshake.c,
 * session.c moves their bytes.
 */
#ifndef SESSION_TLS_H
#define SESSION_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "bytes/slice.h"
#include "conn/conn.h"
#include "conn/secure.h"

#define SESSION_FIRST 1024 /* bytes kept of what comes first */

struct session {
	SSL *ssl;
	int fd; /* -1: there is none yet, and nothing has come */
	bool client;
	bool shaken;     /* the handshake is over, well */
	bool blocking;   /* the next recv(2) may wait */
	bool more;       /* other bytes follow at once */
	bool eof;        /* the other end's bytes have ended */
	bool said_bye;   /* close_notify has been sent */
	bool broken;     /* nothing more can be said */
	int error;       /* errno of the last system call that failed */
	const char *sni; /* a client's: the name asked for */
	struct slice alpn;
	char first[SESSION_FIRST];
	size_t first_n;
};

/*
 * session.c: what a conn with a session does to send and receive.
 */
extern const struct conn_transport tls_transport;

/*
 * bio.c: what OpenSSL reads and writes for this session by, which must not
 * move as long as that is in use.  Returns NULL without memory.
 */
BIO *tls_bio(struct session *);

/*
 * handshake.c: give the conn a session of this context.  Returns it, or NULL with why.
 */
struct session *tls_begin(struct conn *, SSL_CTX *, char why[SECURE_WHY_MAX]);

/*
 * Make a server's session of this context for the first connection of each
 * process that is forked from now on, up to where it waits for the client's
 * first byte: nothing is drawn by chance before that.  Or forget it again.
 */
void tls_prepare(SSL_CTX *);
void tls_unprepare(void);

/*
 * The functions of struct secure_module.
 */
int tls_shake(struct conn *, char why[SECURE_WHY_MAX]);
struct slice tls_undo(struct conn *);
void tls_tell(const struct conn *, struct secure_facts *);

void tls_warm(SSL_CTX *, void (*served)(bool begins));
void tls_server_warm(void (*served)(bool begins));
void tls_server_prepare(void);
int tls_server_add(const char *certificate, char why[SECURE_WHY_MAX]);
int tls_server_begin(
    struct conn *, int keeper, struct slice alpn, char why[SECURE_WHY_MAX]);
int tls_client_begin(
    struct conn *, const struct secure_want *, char why[SECURE_WHY_MAX]);

/*
 * tell.c: a time as text.
 */
void tls_time(char *to, size_t size, const ASN1_TIME *);

/*
 * why.c: OpenSSL's last fault in words, and its errors forgotten.
 */
void tls_why(char why[SECURE_WHY_MAX], const char *what);

#endif

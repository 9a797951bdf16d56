/*
 * keep.h - sessions to be resumed, which the key keeper puts away.
 *
 * A process that serves one connection has nothing to remember them in, and a
 * ticket would need a key that all processes know.
 */
#ifndef KEEP_H
#define KEEP_H

#include <openssl/ssl.h>

/*
 * Have a server's context do so.
 */
void tls_keep_use(SSL_CTX *);

#endif

/*
 * hello.h - the first message of a client of TLS, piece by piece, for tests
 * that say it otherwise than OpenSSL would.
 */
#ifndef RIG_HELLO_H
#define RIG_HELLO_H

#include "bytes/buf.h"

#define HELLO_RECORD_MAX 16384 /* of TLS */
#define HELLO_BUF_MAX    ((size_t)4 << 20)

/* Numbers of RFC 8446, 4.2. */
enum hello_extension { HELLO_SERVER = 0, HELLO_ALPN = 16, HELLO_EARLY = 42 };

/*
 * Add a number in so many bytes, the highest first; bytes with how many they
 * are before them, a number in size bytes; an extension.
 */
void hello_number(struct buf *, size_t number, size_t size);
void hello_counted(struct buf *, size_t size, struct slice);
void hello_extension(struct buf *, enum hello_extension, struct slice);

/*
 * Add a hello of TLS 1.3, or 1.2, that has these extensions besides those that
 * are needed, in records of at most so many bytes.
 */
void hello_add(struct buf *, struct slice extensions, size_t record);

#endif

/*
 * keeper.h - the rooms of the key keeper, each calling only those before it in
 * this list:
 *
 *	keys      the keys, from their files
 *	words     what a signature is made of
 *	shelf     sessions that were put away
 *	line      one connection's socket: what it may ask, and has asked
 *	rights    the sandbox
 *	lines     all sockets, and the loop
 *	check     does a key belong to a certificate?
 *
 * What is said on the sockets is in tls/keeper.h.  All that comes from there
 * is taken for hostile.
 */
#ifndef KEEPER_ROOMS_H
#define KEEPER_ROOMS_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tls/keeper.h"

#define KEEPER_KEYS_MAX 16
#define KEEPER_WHY_MAX  256

/* ---- keys.c ---- */

/*
 * Read a key (PEM) from an open file, from its beginning.  Returns it, or NULL
 * with why.
 */
EVP_PKEY *keeper_key_read(int fd, const char **why);

/*
 * Have the key of this number; the key of this number, or NULL.
 */
void keeper_key_set(size_t number, EVP_PKEY *);
EVP_PKEY *keeper_key(size_t number);

/* ---- words.c ---- */

/*
 * Make what a server of this version of TLS signs, from the parts that a
 * child has given.  Returns its length, or 0: these are not such parts.
 */
#define KEEPER_WORDS_MAX 512
size_t keeper_words(const struct keeper_ask *, uint8_t words[KEEPER_WORDS_MAX]);

/*
 * Sign as the scheme says.  Returns the length of the signature, or 0: the key
 * is of another kind.
 */
size_t keeper_sign(const struct keeper_ask *, uint8_t data[KEEPER_DATA]);

/* ---- shelf.c ---- */

/*
 * Put a session away, and fetch one for a client from the same source: its
 * length, or 0.  There is room for 4,096; as long as no more than some
 * hundred come in between, one is found again.
 */
bool keeper_shelf_put(const uint8_t source[KEEPER_SOURCE],
    const uint8_t name[KEEPER_NAME], const uint8_t *, size_t, int64_t now_ms);
size_t keeper_shelf_get(const uint8_t source[KEEPER_SOURCE],
    const uint8_t name[KEEPER_NAME], uint8_t data[KEEPER_DATA], int64_t now_ms);

/* ---- line.c ---- */

/* One connection, and what it has asked so far. */
struct keeper_line {
	int fd; /* -1: free */
	bool signs, fetches;
	unsigned keeps;
	uint8_t source[KEEPER_SOURCE];
};

/*
 * Answer one question.  Returns false when it may not be asked, or not any
 * more: the line must then be closed.
 */
bool keeper_line_answer(struct keeper_line *, const struct keeper_ask *,
    struct keeper_answer *, int64_t now_ms);

/* ---- rights.c ---- */

/*
 * From now on only what lines.c does.  Returns 0, or -1 with errno.
 */
int keeper_confine(void);

/*
 * How many system calls that leaves, and how many of them with certain
 * arguments only.
 */
size_t keeper_calls(size_t *judged);

/* ---- lines.c ---- */

/*
 * Serve all that the master sends on this socket, until it is gone and nobody
 * has a question left.  Returns the exit code.
 */
int keeper_serve(int control);

/* ---- check.c ---- */

/*
 * Is the key of this file that of this certificate, and can it be used?
 * Returns 0, or -1 with why.
 */
int keeper_check(
    const char *certificate, const char *key, char why[KEEPER_WHY_MAX]);

#endif

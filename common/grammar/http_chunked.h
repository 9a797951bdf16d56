/*
 * http_chunked.h - the chunked transfer coding, read as it arrives (RFC 9112
 * 7.1).
 *
 * A state machine of one byte at a time outside the data and of whole runs
 * inside it.  Strict: CRLF only, hexadecimal digits only, extensions checked
 * and ignored, trailers checked and dropped.
 */
#ifndef HTTP_CHUNKED_H
#define HTTP_CHUNKED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes/slice.h"

#define HTTP_CHUNK_DIGITS  16   /* digits of a chunk size at most */
#define HTTP_CHUNK_EXT_MAX 4096 /* bytes of extensions in all chunks */
#define HTTP_TRAILERS_MAX  8192 /* bytes of trailers */

struct http_chunked {
	int state;       /* private, 0 at the start */
	bool done;       /* the last byte of the body has been eaten */
	unsigned digits; /* of the size being read */
	uint64_t left;   /* of the chunk being read */
	uint64_t total;  /* bytes of data so far */
	size_t ext;      /* bytes of extensions so far */
	size_t trailers; /* bytes of trailers so far */
	unsigned lines;  /* trailers so far */
};

/* To begin: struct http_chunked c = { 0 }; */

/*
 * Eat from the front of in.  Returns how many bytes were eaten, with *data the
 * run of body data among them (it may be empty and points into in); or an
 * http_fault_code.  Call again with the rest until done is set or nothing is
 * left.  What follows the body is not eaten.  A fault is the same wherever the
 * input was split, and stays.
 */
ssize_t http_chunked_eat(
    struct http_chunked *, struct slice in, struct slice *data);

#endif

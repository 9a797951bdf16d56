/*
 * buf.h - bytes that I own, with a maximum.
 *
 * A buf grows as bytes are added, never past its maximum.  Adding is sticky
 * in failure: once something did not fit (or memory ran out), failed is set,
 * later additions do nothing, and one look at the end of a run of additions
 * tells whether all of it is there.
 */
#ifndef BUF_H
#define BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "bytes/slice.h"

struct buf {
	char *p;     /* the bytes; NULL until the first is added */
	size_t n;    /* how many */
	size_t cap;  /* how many fit without growing */
	size_t max;  /* how many there may ever be */
	bool failed; /* an addition was refused */
};

/*
 * Make an empty buf that may hold up to max bytes.  Allocates nothing.
 */
void buf_init(struct buf *, size_t max);

/*
 * Give the memory back; the buf is then as buf_init left it.  Never fails,
 * and a buf that holds nothing is a no-op.
 */
void buf_free(struct buf *);

/*
 * Forget the bytes and the failure, keep the memory.
 */
void buf_clear(struct buf *);

/*
 * Make room for n more bytes and return where they go, or NULL (and failed)
 * when they would pass the maximum.  The bytes count once buf_grew is called.
 */
char *buf_room(struct buf *, size_t n);

/*
 * n bytes were written where buf_room said.
 */
void buf_grew(struct buf *, size_t n);

/*
 * Add bytes: a run, a slice, a string, one byte, or printf's output.
 */
void buf_add(struct buf *, const void *, size_t n);
void buf_adds(struct buf *, struct slice);
void buf_addz(struct buf *, const char *);
void buf_addc(struct buf *, char);
void buf_addf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0)));

/*
 * Drop the first n bytes (all, if there are fewer); the rest moves to the
 * front.
 */
void buf_eat(struct buf *, size_t n);

/*
 * What it holds.  The slice is good until the buf is next changed.
 */
struct slice buf_slice(const struct buf *);

/*
 * The bytes as a NUL-terminated string (the NUL is not counted), or NULL if
 * the buf has failed or memory runs out.  Good until the buf is next changed.
 */
const char *buf_str(struct buf *);

#endif

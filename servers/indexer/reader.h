/*
 * reader.h - has messages read by a process that they cannot hurt us in.
 *
 * The process is forked, confined (confine.h) and gets one open file after
 * another; it answers with a JSON document.  It is taken for hostile: an
 * answer has a largest size and a time by which it must be there, must be an
 * object of JSON, and nothing may follow it.  A process that crashes, hangs or
 * talks nonsense is killed, which costs the text of the message that it was
 * given; the next message gets a new one.  It is renewed now and then anyway.
 *
 * Called by the indexer.  Not for more than one thread or process.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <sys/types.h>

#include "bytes/buf.h"

#define READER_WAIT_MS    10000 /* for an answer ... */
#define READER_MIB_MS     100   /* ... and for each MiB of the message */
#define READER_TURNS      256   /* messages that one process reads */
#define READER_LARGE      ((size_t)8 << 20)  /* or one of so many bytes */
#define READER_ANSWER_MAX ((size_t)32 << 20) /* bytes of JSON */

struct reader;

/*
 * Reads an open file and adds its document to json: message_read().  Returns
 * 0, or -1 with errno.
 */
typedef int reader_work(int fd, struct buf *json);

struct reader_wish {
	reader_work *work; /* NULL: message_read() */
	int wait_ms;       /* 0: READER_WAIT_MS */
	bool bare;         /* without a sandbox, for debugging */
};

/*
 * Make a reader, with NULL for what is usual.  Loads what it needs of the
 * system, for all of its processes, so that the caller may enter a sandbox
 * afterwards (which must let it fork, wait and kill).  Forks nothing yet.
 * Returns NULL with errno when memory ran out.
 */
struct reader *reader_new(const struct reader_wish *);

/*
 * Read the message in fd, a regular file that is open for reading; fd stays
 * the caller's, its offset may have moved.  On success json (of at least
 * READER_ANSWER_MAX) holds one object of JSON.  Returns 0, or -1 with errno,
 * and json empty then: ECONNRESET the process died, ETIMEDOUT it took too
 * long, EPROTO it talked nonsense; or as fork(2), or as the file could not be
 * read.
 */
int reader_read(struct reader *, int fd, struct buf *json);

/*
 * In words, why reader_read() failed last: "died of signal 11 (Segmentation
 * fault)".  Good until the next call.
 */
const char *reader_why(const struct reader *);

/*
 * Which process reads; 0 when there is none just now.
 */
pid_t reader_pid(const struct reader *);

/*
 * End its process and give back the memory.  NULL is a no-op.
 */
void reader_free(struct reader *);

#endif

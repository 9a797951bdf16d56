/*
 * h1_send.h - a conversation in HTTP/1.1: the parts of which h1_reply.c makes
 * a reply's way out.  For it alone.
 */
#ifndef H1_SEND_H
#define H1_SEND_H

#include "web/h1.h"

/* How the end of the body is told. */
enum h1_framing { BY_LENGTH, BY_CHUNKS, BY_CLOSE };

/*
 * Make the head of the reply in t->head; a reply that cannot be said becomes
 * one that can.
 */
enum h1_framing h1_head(struct h1 *);

/*
 * Is the head all there is (HEAD, 204, 304)?
 */
bool h1_is_silent(const struct exchange *);

/*
 * From now on a client has its time for a reply: see conn_pace().
 */
void h1_send_deadline(struct exchange *);

/*
 * Send t->head alone; or before these bytes, with others of the framing behind
 * them; or before a range of a file.  t->head is empty after that.  Return as
 * conn_send().
 */
int h1_flush(struct h1 *);
int h1_send_bytes(struct h1 *, struct slice, struct slice behind);
int h1_send_file(struct h1 *, int file, off_t offset, uint64_t n);

#endif

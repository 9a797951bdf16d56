/*
 * compressed_reply.h - a reply that was made for this request, compressed while
 * it is sent: a listing, a page about the server.
 *
 * Not for files: what they come to is kept (compressed.h).
 */
#ifndef COMPRESSED_REPLY_H
#define COMPRESSED_REPLY_H

#include "web/web.h"

/*
 * The reply to this request has been made, of bytes or of pieces: compress it,
 * if it is text, if the client would rather have it so, and if there is enough
 * of it.  What it depends on is said in its fields in any case.
 */
void compressed_reply(struct exchange *);

#endif

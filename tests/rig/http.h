/*
 * http.h - one request, one reply, parsed: as much HTTP as a test needs.
 *
 * Written apart from common/grammar/http on purpose, so that a mistake there
 * is not mirrored here.
 */
#ifndef RIG_HTTP_H
#define RIG_HTTP_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

struct rig_reply {
	int status;        /* 200 ...; 0 when there was no status line */
	struct buf bytes;  /* the head, an empty line, and the body decoded */
	struct slice head; /* from the status line to the empty line */
	struct slice body; /* without the chunked framing */
};

/*
 * Receive one reply of a connection, and not a byte more: a body by
 * Content-Length, chunked, or up to the end.  no_body: it answers a HEAD.
 * 1xx replies are replies of their own.  False (explained) when it is cut or
 * malformed; what came is in the reply all the same.  The reply need not be
 * initialised; give it to rig_reply_free when many are made.
 */
bool rig_reply(int fd, struct rig_reply *, bool no_body);
void rig_reply_free(struct rig_reply *);

/*
 * GET path on a connection that stays open (HTTP/1.1, Host: localhost), and
 * receive the reply.
 */
bool rig_get_on(int fd, const char *path, struct rig_reply *);

/*
 * Connect to address, GET path with Connection: close, receive the reply, see
 * the end of the connection, close.
 */
bool rig_get(const char *address, const char *path, struct rig_reply *);

/*
 * Connect to address, send this request byte for byte, receive one reply,
 * close.
 */
bool rig_ask(const char *address, const char *request, struct rig_reply *);

/*
 * Wait until /readyz says 200.
 */
bool rig_gets_ready(const char *address);

/*
 * The value of the first header of this name, in any case of letters, without
 * blanks around it; {NULL, 0} when it is not there.
 */
struct slice rig_header(const struct rig_reply *, const char *name);

#endif

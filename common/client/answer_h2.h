/*
 * answer_h2.h - the same by HTTP/2 (RFC 9113): ask, and read a server's
 * answer, one after the other on a connection.
 *
 * Frames and HPACK are libnghttp2's.  A head comes as it would in HTTP/1.1
 * (struct answer), but for its first line, so what looks at answers need not
 * know how they came.  The server may push nothing.  Waits end at the conn's
 * deadline.  Called by clients.
 */
#ifndef ANSWER_H2_H
#define ANSWER_H2_H

#include <stdbool.h>
#include <stdint.h>

#include "client/answer.h"

struct answer_h2;

/*
 * Begin on a connection of which nothing has been sent or received yet; the
 * server is taken to know that we speak HTTP/2.  NULL: no memory.
 */
struct answer_h2 *answer_h2_new(struct conn *);
void answer_h2_free(struct answer_h2 *);

/*
 * May it carry another request?  Takes what has come in the meantime.
 */
bool answer_h2_is_good(struct answer_h2 *);

/*
 * Ask.  head is a request's head as HTTP/1.1 has it, which becomes fields (Host
 * the authority; Connection and its like are left out); body may be empty, and
 * if it is not it must live until the answer is read, for a server that answers
 * first may not let all of it be sent.  Returns 0, CONN_ERROR or CONN_TIMEOUT.
 */
int answer_h2_ask(struct answer_h2 *, struct slice head, struct slice body);

/*
 * As answer_head() and answer_body(); more can go wrong.  The stream ends with
 * answer_h2_let_go() if the body is not read to its end.
 */
enum answer_end answer_h2_head(struct answer_h2 *, struct answer *,
    bool to_head, void (*each)(const struct answer *));
enum answer_end answer_h2_body(struct answer_h2 *, struct answer *,
    int (*put)(void *with, struct slice), void *with);
void answer_h2_let_go(struct answer_h2 *);

/*
 * What code is, beside ANSWER_RESET (an error code of RFC 9113 7) and
 * ANSWER_NO_H2 (what is wrong with the frames), in words.
 */
const char *answer_h2_why(enum answer_end, int code);

#endif

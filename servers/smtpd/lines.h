/*
 * lines.h - the lines of a conversation: how they come and go.
 *
 * Knows no command, and of the mail only whether one is being sent.
 */
#ifndef LINES_H
#define LINES_H

#include <stddef.h>

struct session;

/*
 * Add a reply, without its CRLF; it is sent when the client has said all that
 * it had to say for now, or by lines_flush().  Control bytes in it become
 * "?".  A code of 500 to 504, and 555, counts as a mistake of the client.
 */
void lines_reply(struct session *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Send what waits.  Returns 0, or -1 when the client is gone (over is set).
 */
int lines_flush(struct session *);

/*
 * Wait for a line of at most max bytes and make it s->line, without its end.
 * Returns 1; 0 when it was longer (it has been skipped); -1 when there will
 * be none (over is set, and what there is to say has been said).
 */
int lines_next(struct session *, size_t max);

/*
 * Wait for more bytes of a message.  Returns 0, or -1 when there are no more
 * (over is set).
 */
int lines_more(struct session *);

/*
 * The client is gone, or has to go: hang up without a word.
 */
void lines_leave(struct session *, int conduct);

#endif

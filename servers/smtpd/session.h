/*
 * session.h - one conversation: where it stands, and how its lines come and
 * go.
 *
 * session_serve() is the service.  The rest is for the rooms of the
 * conversation: commands, login, body and report.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "grammar/smtp_command.h"
#include "grammar/smtp_params.h"
#include "conn/conn.h"
#include "smtpd/rules.h"
#include "smtpd/smtpd.h"

#define SESSION_ERRORS_MAX 20        /* mistakes before we hang up */
#define SESSION_JUNK_MAX   200       /* commands that lead nowhere, likewise */
#define SESSION_RCPTS_MAX  (1 << 20) /* bytes of all recipients together */

/* The mail being sent. */
struct envelope {
	struct buf from;   /* the address; empty: <> */
	struct buf params; /* of MAIL, as sent */
	struct buf rcpts;  /* a list, see mail_trace.h */
	size_t count;      /* of recipients */
	enum smtp_body body;
	bool utf8;
};

struct session {
	struct conn *c;
	const struct smtpd_options *o;
	enum smtp_state state;
	bool extended; /* greeted with EHLO or LHLO */
	bool logged_in;
	bool over;       /* nothing more is read */
	int conduct;     /* enum conduct */
	struct buf line; /* the command, copied out of c->in */
	struct buf out;  /* replies that wait to be sent together */
	struct buf helo; /* as the client calls itself */
	struct buf user; /* who logged in; xtext */
	struct envelope mail;
	unsigned errors, junk;
	unsigned messages;          /* answered after their dot, well or not */
	int code;                   /* of the last reply */
	int64_t progress_ms;        /* when it last brought a mail, or began */
	char client[ADDR_MAX_TEXT]; /* its address, without the port */
};

/*
 * Hold one conversation.  Returns a conduct.
 */
int session_serve(struct conn *, const struct service *);

/*
 * Add a reply, without its CRLF; it is sent when the client has said all that
 * it had to say for now, or by session_flush().  Control bytes in it become
 * "?".  A code of 500 to 504, and 555, counts as a mistake of the client.
 */
void session_reply(struct session *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Send what waits.  Returns 0, or -1 when the client is gone (over is set).
 */
int session_flush(struct session *);

/*
 * Wait for a line of at most max bytes and make it s->line, without its end.
 * Returns 1; 0 when it was longer (it has been skipped); -1 when there will
 * be none (over is set, and what there is to say has been said).
 */
int session_line(struct session *, size_t max);

/*
 * Wait for more bytes of a message.  Returns 0, or -1 when there are no more
 * (over is set).
 */
int session_more(struct session *);

/*
 * The client is gone, or has to go: hang up without a word.
 */
void session_leave(struct session *, int conduct);

/*
 * Forget the mail being sent; the session is greeted, or not, as before.
 */
void session_reset(struct session *);

/*
 * How many replies the end of a message gets: LMTP has one for each recipient
 * (RFC 2033 4.2).
 */
size_t session_verdicts(const struct session *);

/*
 * If a rule speaks up at this stage, do as it says.  Returns true when the
 * command has been answered, or the session is over, by it.  With body, a
 * drop after so many bytes of the body is left to the caller: it is put
 * there (UINT64_MAX: none).
 */
bool session_fault(
    struct session *, enum rules_stage, struct slice to, uint64_t *body);

#endif

/*
 * envelope.h - the mail being sent: from whom, to whom, and how.
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes/buf.h"
#include "grammar/mail_folder.h"
#include "grammar/smtp_params.h"

#define ENVELOPE_RCPTS_MAX   (1 << 20) /* bytes of all recipients together */
#define ENVELOPE_MAILBOX_MAX (MAIL_FOLDER_MAX + 2) /* bytes of a name */

struct session;

/* The mail being sent. */
struct envelope {
	struct buf from;   /* the address; empty: <> */
	struct buf params; /* of MAIL, as sent */
	struct buf rcpts;  /* a list, see mail_trace.h */
	size_t count;      /* of recipients */
	int refused;       /* the reply to the last one, while there is none */
	enum smtp_body body;
	bool utf8;
};

/*
 * An empty one, and its end.
 */
void envelope_init(struct envelope *);
void envelope_free(struct envelope *);

/*
 * A recipient was refused, by the last reply.
 */
void envelope_refused(struct session *);

/*
 * Forget the mail being sent: if nobody was left whom it could go to, it is one
 * that was refused; the session is greeted, or not, as before.
 */
void envelope_reset(struct session *);

/*
 * Add to out the mailbox that mail to this recipient goes to, what its folder
 * stands for; nothing where there is one Maildir for all.
 */
void envelope_mailbox(const struct session *, struct slice to, struct buf *out);

/*
 * How many replies the end of a message gets: LMTP has one for each recipient
 * (RFC 2033 4.2).
 */
size_t envelope_verdicts(const struct session *);

#endif

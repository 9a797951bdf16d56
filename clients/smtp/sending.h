/*
 * sending.h - one message over a connection: its transactions, and what
 * becomes of each recipient.
 */
#ifndef SENDING_H
#define SENDING_H

#include <stdbool.h>
#include <stddef.h>

#include "dialogue.h"
#include "smtp.h"

/*
 * send.c: one message.  Returns 0 or an exit code; the dialogue may be used for
 * another one unless its fault is set, or it is stopped.
 */
int send_message(struct dialogue *, const struct message *);

/* What becomes of each recipient. */
enum fate { OPEN, TAKEN, SENT, REFUSED };

struct sending {
	struct dialogue *l;
	const struct message *message;
	enum fate *fate;
	size_t accepted;   /* recipients in this transaction */
	bool full;         /* it takes no more of them in this one */
	bool said;         /* MAIL has been, once at least */
	bool mail_refused; /* what is said to RCPT and DATA is an echo */
	int code;          /* of the first refusal */
};

/*
 * envelope.c: MAIL for the recipients that are still open, and RCPT and DATA
 * for them.  envelope_mail returns 0 or an exit code, envelope true when the
 * message may be sent.  envelope_ends_at says whether the user wants it to end
 * here, envelope_note keeps the first exit code, envelope_next finds the next
 * recipient of that fate from one on.
 */
bool envelope_ends_at(struct sending *, enum stage);
void envelope_note(struct sending *, int code);
bool envelope_uses_bdat(const struct dialogue *);
int envelope_mail(struct sending *);
bool envelope(struct sending *);
size_t envelope_next(const struct sending *, size_t from, enum fate);

/*
 * content.c: the message behind a 354 (NULL: nothing of it), and the dot that
 * ends it; or all of it in chunks, each answered before the next but for the
 * last, whose answer is the verdict.  content_bdat returns 0 or the exit code
 * of a chunk that was refused.
 */
void content_data(struct dialogue *, const struct message *);
void content_dot(struct dialogue *);
int content_bdat(struct dialogue *, const struct message *);

#endif

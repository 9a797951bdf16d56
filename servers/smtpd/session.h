/*
 * session.h - one conversation: where it stands.
 *
 * What the rooms of the conversation work on, each calling only those above
 * it in this list:
 *
 *	lines                   how lines and replies come and go
 *	envelope, report, trace the mail being sent; the access log; what is
 *	                        put before a message
 *	faults                  rules that speak up
 *	login, starttls,        AUTH; STARTTLS;
 *	transaction,            MAIL and RCPT;
 *	hello                   who is there;
 *	deliver, body           a message to its verdict; DATA and BDAT
 *	commands                which command is whose
 *	serve                   from the greeting to the good-bye
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "grammar/smtp_command.h"
#include "conn/conn.h"
#include "smtpd/envelope.h"
#include "smtpd/smtpd.h"

#define SESSION_ERRORS_MAX 20   /* mistakes before we hang up */
#define SESSION_JUNK_MAX   1000 /* commands that lead nowhere, likewise */

struct session {
	struct conn *c;
	const struct smtpd_options *o;
	enum smtp_state state;
	bool extended; /* greeted with EHLO or LHLO */
	bool odd_helo; /* the name it gave there is none of a host */
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
	int code;                   /* of the last reply ... */
	char said[160];             /* ... and as much of it as fits */
	unsigned refused;           /* senders and recipients */
	int64_t progress_ms;        /* when it last brought a mail, or began */
	char client[ADDR_MAX_TEXT]; /* its address, without the port */
};

#endif

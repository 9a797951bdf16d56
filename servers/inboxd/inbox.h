/*
 * inbox.h - what the rooms of the inbox share: the options, the Maildir and
 * its index.
 *
 *	main.c		berth-inboxd
 *	options.c	the options, and what is opened before the first fork
 *	beside.c	the processes that run beside, and their command lines
 *	route.c		which request is whose; who may ask at all
 *	scope.c		what a request asks about: mailbox, query, ids
 *	barrier.c	let the index catch up with the Maildir
 *	api_*.c		a subject of the API each
 *	hog*.c		MailHog's routes
 *	events*.c	what happens, as it happens
 *	assets.c	the page
 *
 * Set up before the first fork and only read after that, but for the index,
 * which is a connection of each process's own.
 */
#ifndef INBOX_H
#define INBOX_H

#include <stdint.h>

#include "mail/index.h"
#include "mail/maildir.h"
#include "mail/record.h"
#include "system/passwords.h"
#include "web/web.h"

struct inbox {
	/* As given. */
	const char *path; /* the Maildir */
	const char *auth; /* a file of users, or NULL */
	const char *label;
	const char *smtp;               /* where mail is caught, or NULL */
	const char *relay;              /* where it is released to, or NULL */
	struct arg_list relay_to;       /* to whom; patterns */
	struct arg_list relay_matching; /* what goes on by itself */
	const char *relay_auth, *relay_ca; /* files, or NULL */
	int relay_tls;                     /* as RELAY_TLS_CHOICE has them */
	const char *webhook;    /* who is told of new mail, or NULL */
	const char *webhook_ca; /* a file, or NULL */
	const char *max_messages, *max_age; /* how much is kept, or NULL */
	int compat;                         /* enum inbox_compat */
	bool lf; /* what is put there has LF (mail_ends.h) */

	/* Made of it. */
	const char *place; /* path from the root on, or NULL */
	int64_t started_s;
	struct passwords *users;
	struct maildir *maildir;
	struct index *index;
	struct arg_list hosts; /* names that we answer to */
	struct web web;
};

enum inbox_compat { COMPAT_MAILPIT, COMPAT_MAILHOG };

extern struct inbox inbox;

/*
 * A failure of the index as a reply: it is being built, or it is broken and
 * will be built anew (503 with Retry-After, text/plain).
 */
int inbox_failed(struct exchange *, int index_status);

/*
 * Why what is told of the Maildir may be old, in words; or NULL: it is not.
 */
const char *inbox_behind(void);

/*
 * It is done, as Mailpit says it: "ok", and no line end.
 */
int inbox_ok(struct exchange *);

/*
 * An error as Mailpit tells it: text/plain.  why is a constant.
 */
int inbox_error(struct exchange *, int status, const char *why);

#endif

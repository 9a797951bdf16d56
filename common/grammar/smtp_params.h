/*
 * smtp_params.h - what stands behind MAIL and RCPT: a path, and parameters
 * KEYWORD or KEYWORD=VALUE (RFC 5321 4.1.2).
 *
 * Knows SIZE (RFC 1870), BODY (RFC 6152, RFC 3030), SMTPUTF8 (RFC 6531), AUTH
 * (RFC 4954 5), RET, ENVID, NOTIFY and ORCPT (RFC 3461 4), each checked to
 * the letter.  Pure: slices point into the line.
 */
#ifndef SMTP_PARAMS_H
#define SMTP_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "grammar/mail_address.h"

#define SMTP_ENVID_MAX 100 /* RFC 3461 4.4 */
#define SMTP_ORCPT_MAX 500 /* RFC 3461 4.2 */

enum smtp_body { SMTP_7BIT, SMTP_8BITMIME, SMTP_BINARYMIME };

enum smtp_ret { SMTP_RET_NONE, SMTP_RET_FULL, SMTP_RET_HDRS };

enum smtp_notify {
	SMTP_NOTIFY_NEVER = 1 << 0,
	SMTP_NOTIFY_SUCCESS = 1 << 1,
	SMTP_NOTIFY_FAILURE = 1 << 2,
	SMTP_NOTIFY_DELAY = 1 << 3,
};

/* MAIL FROM:<from> ... */
struct smtp_mail {
	struct mail_address from; /* text empty: the null path <> */
	struct slice params;      /* all of them as sent */
	uint64_t size;            /* 0: not said; UINT64_MAX: more than that */
	enum smtp_body body;
	bool utf8; /* SMTPUTF8 was given */
	enum smtp_ret ret;
	struct slice envid; /* xtext, empty when not given */
	struct slice auth;  /* xtext, empty when not given */
};

/* RCPT TO:<to> ... */
struct smtp_rcpt {
	struct mail_address to;
	struct slice params;
	unsigned notify;    /* enum smtp_notify, or-ed; 0: not given */
	struct slice orcpt; /* "type;xtext", empty when not given */
};

/* Why it is refused. */
enum smtp_fault {
	SMTP_OK = 0,
	SMTP_NO_PATH = -1,    /* not FROM:, TO: and a path */
	SMTP_BAD_PATH = -2,   /* the address: see smtp_why.path */
	SMTP_BAD_WORD = -3,   /* a parameter that is no parameter */
	SMTP_UNKNOWN = -4,    /* a parameter nobody offered */
	SMTP_TWICE = -5,      /* the same parameter again */
	SMTP_BAD_VALUE = -6,  /* a value missing, unwanted or wrong */
	SMTP_NEEDS_UTF8 = -7, /* the address has bytes above 127 */
	SMTP_NULL_PATH = -8,  /* RCPT TO:<> */
};

struct smtp_why {
	struct slice what; /* the parameter, or the rest, that is at fault */
	int path;          /* SMTP_BAD_PATH: the enum mail_fault */
};

/*
 * Parse the argument of MAIL, or of RCPT.  utf8 says that this transaction
 * has SMTPUTF8.  Return an smtp_fault, with *why filled in when it is not
 * SMTP_OK.
 */
int smtp_mail(struct slice args, struct smtp_mail *, struct smtp_why *why);
int smtp_rcpt(
    struct slice args, bool utf8, struct smtp_rcpt *, struct smtp_why *why);

/*
 * Is this xtext (RFC 3461 4: printable ASCII but + and =, and +HEX for the
 * rest, HEX in upper case)?  xtext_make adds bytes as xtext; xtext_read adds
 * the bytes that it stands for, and returns -1 if it is none.
 */
bool smtp_is_xtext(struct slice);
void smtp_xtext_make(struct slice bytes, struct buf *out);
int smtp_xtext_read(struct slice xtext, struct buf *out);

#endif

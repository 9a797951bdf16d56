/*
 * smtp_command.h - the commands of SMTP: one table of what there is and when
 * it may be said (RFC 5321 4.1), and the arguments of those that have any.
 *
 * Pure: lines in, slices out.  What a server does about a command, and the
 * words of its replies, are not here.
 */
#ifndef SMTP_COMMAND_H
#define SMTP_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/slice.h"

#define SMTP_COMMAND_MAX 4096  /* bytes of a line; RFC 5321 asks for 512 */
#define SMTP_AUTH_MAX    12288 /* bytes of an AUTH line, RFC 4954 4 */

/* Where a session stands; a row of the table or-s those it allows. */
enum smtp_state {
	SMTP_START = 1 << 0, /* nobody has said hello */
	SMTP_READY = 1 << 1, /* greeted, no transaction */
	SMTP_MAIL = 1 << 2,  /* a sender, no recipient yet */
	SMTP_RCPT = 1 << 3,  /* a sender and recipients */
	SMTP_CHUNK = 1 << 4, /* some of the message has come by BDAT */
	SMTP_ANY = (1 << 5) - 1,
};

enum smtp_verb {
	SMTP_V_UNKNOWN, /* no such command: 500 */
	SMTP_V_EHLO,
	SMTP_V_HELO,
	SMTP_V_LHLO,
	SMTP_V_MAIL,
	SMTP_V_RCPT,
	SMTP_V_DATA,
	SMTP_V_BDAT,
	SMTP_V_RSET,
	SMTP_V_NOOP,
	SMTP_V_QUIT,
	SMTP_V_VRFY,
	SMTP_V_HELP,
	SMTP_V_AUTH,
	SMTP_V_STARTTLS,
	SMTP_V_OTHER, /* known, and done by nobody here: 502 */
	SMTP_V_HTTP,  /* the first word of a request of a web browser */
	SMTP_VERBS,
};

/* What stands behind the verb. */
enum smtp_argument {
	SMTP_A_NONE, /* nothing, or it is a 501 */
	SMTP_A_SOME, /* something, or it is a 501 */
	SMTP_A_FREE, /* anything or nothing */
};

struct smtp_row {
	const char *name;
	enum smtp_verb verb;
	unsigned states; /* enum smtp_state, or-ed */
	enum smtp_argument argument;
	bool ends_group; /* the last of a pipelined group, RFC 2920 3.1 */
};

struct smtp_command {
	const struct smtp_row *row; /* never NULL */
	struct slice word;          /* the verb as sent */
	struct slice args;          /* behind it, blanks trimmed */
};

/*
 * Take a line (without its CRLF or LF) apart.  Never fails: what is no
 * command is SMTP_V_UNKNOWN.  A word with a colon at its end, and the methods
 * of HTTP, are SMTP_V_HTTP: a web page that makes a browser post to our port
 * must get no further than its first line.
 */
void smtp_command_parse(struct slice line, struct smtp_command *);

/*
 * The row of a verb.
 */
const struct smtp_row *smtp_row(enum smtp_verb);

/* Bytes that no command line may hold. */
enum smtp_line_fault {
	SMTP_LINE_CONTROL = -1, /* a control byte: NUL, CR, ESC ... */
	SMTP_LINE_UTF8 = -2,    /* above 127, and not UTF-8 */
};

/*
 * Look a command line over.  Returns 1 if it has bytes above 127, 0 if it has
 * none, or an smtp_line_fault.  A tab passes.
 */
int smtp_line_check(struct slice line);

/*
 * The argument of BDAT: "SIZE" or "SIZE LAST" (RFC 3030 2).  Returns 0, or -1
 * when it is neither.  A size above 64 bits is UINT64_MAX, and so is one that
 * cannot be read: where its octets end is then not known.
 */
int smtp_bdat(struct slice args, uint64_t *size, bool *last);

#endif

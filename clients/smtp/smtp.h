/*
 * smtp.h - the rooms of berth-smtp, and what they all know: the options.  The
 * message is in message.h, the connection in dialogue.h, and one message's way
 * over it in sending.h.
 *
 *	main.c		options and what they come to
 *	sendmail.c	the same, called as sendmail
 *	sendmail_flags.c	and its command line
 *	relay.c		sendmail -bs: SMTP on standard input
 *	server.c	HOST[:PORT]
 *	addresses.c	every address that enters
 *	idn.c		addresses of any script
 *	input.c		standard input, and where its header is
 *	whole.c		a message as it came, with what it lacks
 *	compose.c	a message from a text and files
 *	given.c		the fields that options give
 *	mime.c		fields, encoded and folded
 *	parts.c		texts and files as parts of a message
 *	seven.c		a message without bytes above 127
 *	message.c	a message ready for the network
 *	show.c		the dialogue shown
 *	secure.c	TLS
 *	dialogue.c	the connection: commands, replies
 *	reply.c		a reply of any length, kept short
 *	starttls.c	TLS by STARTTLS
 *	hello.c		who are you, what can you do, and logging in
 *	send.c		one message over a connection
 *	envelope.c	its sender and its recipients
 *	content.c	its bytes
 *	load.c		many of them, and how long they took
 */
#ifndef SMTP_H
#define SMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/slice.h"
#include "system/args.h"

struct message;

/* Exit codes beside those of log.h: sysexits.h. */
enum {
	EXIT_SENT = 0,
	EXIT_REFUSED = 65,       /* for good: 5xx */
	EXIT_NO_HOST = 68,       /* no such name */
	EXIT_NO_CONNECTION = 69, /* cannot connect */
	EXIT_LATER = 75,         /* not now: 4xx, or the connection was lost */
	EXIT_PROTOCOL = 76,      /* the server does not speak SMTP */
};

enum stage {
	STAGE_CONNECT,
	STAGE_EHLO,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_BODY,
	STAGE_DOT,
	STAGE_NONE,
};

struct options {
	const char *host, *port; /* of the server */
	char *host_copy;
	const char *subject, *helo, *auth;
	struct arg_list attach, headers;
	bool lmtp, bdat, no_pipelining, verbose, raw, text, reconnect;
	bool helo_only;
	bool tls, insecure;
	const char *starttls; /* NULL: no; "may": if it can be had; "" */
	const char *ca_file;
	enum stage stop_after, drop_after;
	uint64_t count, parallel;
	const char *from;           /* as in a path, "" for <> */
	const char *from_name;      /* for From, or NULL */
	char *sender, *sender_name; /* their memory, from take_sender() */
	const char **to;            /* each once */
	size_t to_count, to_room;
	const char *notify, *ret, *envid; /* DSN (RFC 3461), or NULL */
};

/*
 * server.c: HOST[:PORT] into o->host and o->port, 25 if there is none.
 */
void split_server(struct options *o, const char *text);

/*
 * addresses.c: a list of recipients, or one sender, which is to be read by
 * RFC 5322 and for nothing else.  where is what to call it if it is wrong,
 * for then the program ends: EXIT_USAGE, and where in it.  A recipient that
 * is there already is passed over.  An operand in which nobody is may be a
 * mistake of a script's: that is a warning.
 */
void take_recipients(struct options *, const char *where, struct slice);
void take_operand(struct options *, const char *text);
void take_sender(struct options *, const char *where, struct slice);

/*
 * sendmail.c: called as sendmail.  Fills in options and message from argv and
 * standard input; or does all there is to do, and exits.
 */
void sendmail_read(int argc, char **argv, struct options *, struct message *);

/*
 * relay.c: sendmail -bs.  Returns an exit code.
 */
int relay(const struct options *);

/*
 * load.c: count messages over parallel connections.  Returns an exit code.
 */
int load(const struct options *, const struct message *);

#endif

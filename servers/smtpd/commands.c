/*
 * commands.c - what is done about each command.
 *
 * The table of smtp_command.h says when a command may be said; the table at
 * the end says who does it.
 */
#include "smtpd/commands.h"

#include "service/service.h"
#include "smtpd/body.h"
#include "smtpd/envelope.h"
#include "smtpd/hello.h"
#include "smtpd/lines.h"
#include "smtpd/login.h"
#include "smtpd/session.h"
#include "smtpd/starttls.h"
#include "smtpd/transaction.h"
#include "system/log.h"

static const char *
kind(const struct session *s)
{
	return s->o->lmtp ? "LHLO" : "EHLO";
}

static void
do_rset(struct session *s, struct slice args)
{
	(void)args;
	s->junk++;
	body_forget(s);
	envelope_reset(s);
	lines_reply(s, "250 2.0.0 Reset");
}

static void
do_noop(struct session *s, struct slice args)
{
	(void)args;
	s->junk++;
	lines_reply(s, "250 2.0.0 Ok");
}

static void
do_quit(struct session *s, struct slice args)
{
	(void)args;
	lines_reply(s, "221 2.0.0 %s closing connection", s->o->hostname);
	s->over = true;
}

static void
do_vrfy(struct session *s, struct slice args)
{
	(void)args;
	s->junk++;
	lines_reply(
	    s, "252 2.0.0 Cannot tell, but will take mail for this user");
}

static void
do_help(struct session *s, struct slice args)
{
	(void)args;
	s->junk++;
	lines_reply(s, "214-2.0.0 %s, the mail server of Berth %s",
	    s->o->hostname, BERTH_VERSION);
	lines_reply(s,
	    "214-2.0.0 %s HELO MAIL RCPT DATA BDAT RSET NOOP "
	    "VRFY AUTH %sHELP QUIT",
	    kind(s), starttls_is_offered(s) ? "STARTTLS " : "");
	lines_reply(s, "214 2.0.0 See RFC 5321");
}

static void
do_unknown(struct session *s, struct slice args)
{
	(void)args;
	lines_reply(s, "500 5.5.2 Command unrecognized");
}

static void
do_other(struct session *s, struct slice args)
{
	(void)args;
	lines_reply(s, "502 5.5.1 Command not implemented");
}

/* A web page can make a browser post to any port of this machine. */
static void
do_http(struct session *s, struct slice args)
{
	(void)args;
	log_info("%s speaks HTTP to the mail port", s->client);
	lines_reply(s,
	    "221 2.7.0 This is a mail server, not a web server: "
	    "closing connection");
	s->conduct = CONDUCT_RUDE;
	s->over = true;
}

static void (*const deeds[SMTP_VERBS])(struct session *, struct slice) = {
	[SMTP_V_UNKNOWN] = do_unknown,
	[SMTP_V_EHLO] = hello_ehlo,
	[SMTP_V_HELO] = hello_helo,
	[SMTP_V_LHLO] = hello_ehlo,
	[SMTP_V_MAIL] = transaction_mail,
	[SMTP_V_RCPT] = transaction_rcpt,
	[SMTP_V_DATA] = body_data,
	[SMTP_V_BDAT] = body_bdat,
	[SMTP_V_RSET] = do_rset,
	[SMTP_V_NOOP] = do_noop,
	[SMTP_V_QUIT] = do_quit,
	[SMTP_V_VRFY] = do_vrfy,
	[SMTP_V_HELP] = do_help,
	[SMTP_V_AUTH] = login_command,
	[SMTP_V_STARTTLS] = starttls_command,
	[SMTP_V_OTHER] = do_other,
	[SMTP_V_HTTP] = do_http,
};

/* LMTP has LHLO in place of both others (RFC 2033 4.1), SMTP has not. */
static const struct smtp_row *
row_of(const struct session *s, const struct smtp_row *row)
{
	bool hello = row->verb == SMTP_V_EHLO || row->verb == SMTP_V_HELO;

	if ((s->o->lmtp && hello) ||
	    (!s->o->lmtp && row->verb == SMTP_V_LHLO) ||
	    (row->verb == SMTP_V_AUTH && login_mechanisms()[0] == '\0'))
		return smtp_row(SMTP_V_OTHER);
	return row;
}

static bool
says_hello(const struct smtp_row *row)
{
	return row->verb == SMTP_V_EHLO || row->verb == SMTP_V_HELO ||
	    row->verb == SMTP_V_LHLO;
}

/* Bytes that a command may not hold.  Returns true when that is answered. */
static bool
bad_bytes(struct session *s, const struct smtp_row *row, struct slice line)
{
	int status = smtp_line_check(line);
	bool any_name = !s->o->strict && says_hello(row);

	if (status == SMTP_LINE_CONTROL)
		lines_reply(s, "501 5.5.2 A control byte in the command");
	else if (status == SMTP_LINE_UTF8 && !any_name)
		lines_reply(s, "500 5.5.2 Bad UTF-8 in the command");
	else if (status > 0 && !any_name && row->verb != SMTP_V_MAIL &&
	    row->verb != SMTP_V_RCPT && row->verb != SMTP_V_VRFY)
		lines_reply(s, "501 5.5.2 A command is ASCII");
	else
		return false;
	return true;
}

/* A command at the wrong time: say so, and nothing changes. */
static void
out_of_turn(struct session *s, const struct smtp_row *row)
{
	const char *why = "send MAIL first";
	int code = 503;

	s->junk++; /* 554 is no mistake of the client's */
	if (s->state == SMTP_CHUNK) {
		why = "a message is coming by BDAT: send more of it, or RSET";
	} else if (s->state == SMTP_START) {
		lines_reply(s, "503 5.5.1 %s: send %s first", row->name,
		    s->o->lmtp ? "LHLO" : "EHLO or HELO");
		return;
	} else if (row->verb == SMTP_V_DATA && s->state == SMTP_MAIL) {
		why = "no valid recipient: send RCPT first";
		code = s->o->lmtp ? 503 : 554; /* RFC 2033 4.2 */
	} else if (row->verb == SMTP_V_DATA) {
		why = "send MAIL and RCPT first";
	} else if (row->verb == SMTP_V_MAIL) {
		why = "the sender is given: send RCPT, or RSET";
	} else if (row->verb == SMTP_V_AUTH || row->verb == SMTP_V_STARTTLS) {
		why = "not in the middle of a mail";
	}
	lines_reply(s, "%d 5.5.1 %s: %s", code, row->name, why);
}

/* Octets follow a BDAT that was refused, nobody knows how many, and none of
 * them may be taken for a command. */
static void
no_way_back(struct session *s, const struct smtp_row *row)
{
	if (row->verb == SMTP_V_BDAT)
		s->over = true;
}

void
commands_obey(struct session *s, struct slice line)
{
	struct smtp_command c;
	const struct smtp_row *row;

	smtp_command_parse(line, &c);
	row = row_of(s, c.row);
	if (row->verb != SMTP_V_AUTH)
		log_debug("%s C: %.*s", s->client, SLICE_FMT(line));
	if (bad_bytes(s, row, line)) {
		no_way_back(s, row);
		return;
	}
	if (starttls_must_come_first(s, row)) {
		lines_reply(s, "%s Must issue a STARTTLS command first",
		    row->verb == SMTP_V_AUTH ? "538 5.7.11" : "530 5.7.0");
		no_way_back(s, row);
	} else if (row->verb == SMTP_V_AUTH && s->logged_in) {
		/* Whatever else is wrong with it (RFC 4954 4). */
		lines_reply(s, "503 5.5.1 Already authenticated");
	} else if ((s->state & row->states) == 0 && row->verb != SMTP_V_BDAT) {
		out_of_turn(s, row);
	} else if (row->argument == SMTP_A_NONE && c.args.n > 0) {
		lines_reply(s, "501 5.5.4 %s takes no argument", row->name);
	} else if (row->argument == SMTP_A_SOME && c.args.n == 0 &&
	    (s->o->strict || !says_hello(row))) {
		lines_reply(s, "501 5.5.4 %s wants an argument", row->name);
		no_way_back(s, row);
	} else {
		deeds[row->verb](s, c.args);
		/* The client waits here whatever else it has sent. */
		if (row->ends_group)
			lines_flush(s);
	}
}

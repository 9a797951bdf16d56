/*
 * options.c - the options of the mail service.
 */
#include <limits.h>
#include <unistd.h>

#include "bytes/slice.h"
#include "grammar/mail_address.h"
#include "smtpd/login.h"
#include "smtpd/rules.h"
#include "smtpd/smtpd.h"
#include "system/log.h"

#define TIMEOUT_MS 300000 /* RFC 5321 4.5.3.2.7: at least five minutes */

struct smtpd_options smtpd_options = {
	.max_size = 52428800,
	.max_recipients = 1000,
	.auth = "any",
};

static const struct arg options[] = {
	{ "hostname", "NAME", "how the server calls itself",
	    .text = &smtpd_options.hostname },
	{ "max-size", "BYTES",
	    "the longest message taken, 0 for no end (52428800)",
	    .size = &smtpd_options.max_size },
	{ "max-recipients", "N", "the most recipients of a message (1000)",
	    .number = &smtpd_options.max_recipients, .min = 1, .max = 100000 },
	{ "auth", "off|any|FILE",
	    "who may log in: nobody, all, or the lines USER:HASH of FILE, "
	    "which must then log in (any)",
	    .text = &smtpd_options.auth },
	{ "rules", "FILE", "faults to show on purpose, see berth-smtpd(8)",
	    .text = &smtpd_options.rules },
	{ "durability", "full|file|none",
	    "what is on disk before 250: file and name, file, nothing (full)",
	    .choice = &smtpd_options.durability },
	{ "mailbox-by", "none|address|domain|user",
	    "a folder for each recipient's address, domain or user (none)",
	    .choice = &smtpd_options.mailbox_by },
	{ "bare-newline", "reject|accept",
	    "what to do with messages that have an LF without CR (reject)",
	    .choice = &smtpd_options.bare_newline },
	{ "line-ends", "crlf|lf",
	    "the ends of lines in the Maildir: as sent, or LF (crlf)",
	    .choice = &smtpd_options.line_ends },
	{ "strict", NULL, "refuse clients whose name in HELO is none of a host",
	    .flag = &smtpd_options.strict },
	{ "require-tls", NULL, "take no mail before STARTTLS",
	    .flag = &smtpd_options.require_tls },
	{ "lmtp", NULL, "speak LMTP: a reply for each recipient",
	    .flag = &smtpd_options.lmtp },
	{ 0 },
};

const struct arg_table smtpd_args = { "Mail", "smtp", options };

static const char *
own_name(void)
{
	static char name[HOST_NAME_MAX + 1];

	if (gethostname(name, sizeof(name) - 1) < 0 ||
	    mail_domain(slice_of(name)) < 0)
		return "localhost";
	return name;
}

void
smtpd_configure(const char *maildir, int64_t timeout_ms, int log_format)
{
	struct smtpd_options *o = &smtpd_options;

	o->maildir = maildir;
	o->timeout_ms = timeout_ms > 0 ? timeout_ms : TIMEOUT_MS;
	o->log_format = log_format;
	if (o->hostname == NULL)
		o->hostname = own_name();
	if (mail_domain(slice_of(o->hostname)) < 0)
		die(EXIT_USAGE, "--hostname: %s is not a domain", o->hostname);
	login_load(o->auth);
	if (o->rules != NULL)
		rules_load(o->rules);
}

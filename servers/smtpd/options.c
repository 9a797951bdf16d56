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

const struct arg smtpd_args[] = {
	{ 0, "hostname", ARG_TEXT, "NAME", "how the server calls itself",
	    &smtpd_options.hostname, 0, 0 },
	{ 0, "max-size", ARG_SIZE, "BYTES",
	    "the longest message taken, 0 for no end (52428800)",
	    &smtpd_options.max_size, 0, 0 },
	{ 0, "max-recipients", ARG_NUMBER, "N",
	    "the most recipients of a message (1000)",
	    &smtpd_options.max_recipients, 1, 100000 },
	{ 0, "auth", ARG_TEXT, "off|any|FILE",
	    "who may log in: nobody, all, or the lines USER:HASH of FILE, "
	    "which must then log in (any)",
	    &smtpd_options.auth, 0, 0 },
	{ 0, "rules", ARG_TEXT, "FILE",
	    "faults to show on purpose, see berth-smtpd(8)",
	    &smtpd_options.rules, 0, 0 },
	{ 0, "durability", ARG_CHOICE, "full|file|none",
	    "what is on disk before 250: file and name, file, nothing (full)",
	    &smtpd_options.durability, 0, 0 },
	{ 0, "mailbox-by", ARG_CHOICE, "none|address|domain|user",
	    "a folder for each recipient's address, domain or user (none)",
	    &smtpd_options.mailbox_by, 0, 0 },
	{ 0, "bare-newline", ARG_CHOICE, "reject|accept",
	    "what to do with messages that have an LF without CR (reject)",
	    &smtpd_options.bare_newline, 0, 0 },
	{ 0, "lmtp", ARG_FLAG, NULL, "speak LMTP: a reply for each recipient",
	    &smtpd_options.lmtp, 0, 0 },
	{ 0, NULL, ARG_FLAG, NULL, NULL, NULL, 0, 0 },
};

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

/*
 * main.c - berth-smtpd: the mail service under a master of its own.
 */
#include "program/program.h"
#include "smtpd/smtpd.h"

static struct offer offer = {
	.service = &mail_service,
	.option = "--listen",
	.otherwise = "1025",
	.secure_option = "--smtps",
};

static const struct arg own[] = {
	{ "smtps", "ADDRESS",
	    "where to listen for SMTP that begins with TLS; repeatable",
	    .list = &offer.secure },
	{ 0 },
};
static const struct arg_table own_table = { .options = own };

static void
configure(struct server *s, int operands, char **operand)
{
	s->folder = operands > 0 ? operand[0] : "mail";
	smtpd_configure(
	    s->folder, s->options.timeout_ms, s->options.log_format);
	s->needs_tls = smtpd_options.require_tls ? "--require-tls" : NULL;
}

int
main(int argc, char **argv)
{
	struct server server = {
		.program = "berth-smtpd",
		.synopsis = "[options] [MAILDIR]",
		.about = "Receives mail over SMTP into a Maildir (./mail), "
			 "exactly as it was sent.",
		.examples = "  berth-smtpd                      "
			    "catch mail on port 1025 in ./mail\n"
			    "  berth-smtpd -l '*:25' -u mail /var/mail/in\n"
			    "  berth-smtpd --mailbox-by user    "
			    "a folder for each recipient\n"
			    "  berth-smtpd --rules faults.txt   "
			    "refuse, delay or drop as the file says\n",
		.tables = (const struct arg_table *const[]){ &own_table,
		    &smtpd_args, NULL },
		.offers = &offer,
		.offer_count = 1,
		.one_listen_option = true,
		.most_operands = 1,
		.configure = configure,
	};

	return server_main(&server, argc, argv);
}

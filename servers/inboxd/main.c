/*
 * main.c - berth-inboxd: the inbox under a master of its own.
 */
#include "inboxd/inboxd.h"
#include "program/program.h"

static void
configure(struct server *s, int operands, char **operand)
{
	s->folder = operands > 0 ? operand[0] : "./mail";
	inboxd_configure(s, s->folder, NULL);
	s->helper_count = inboxd_helper_count;
}

int
main(int argc, char **argv)
{
	struct offer offer = { .service = &inbox_service,
		.option = "--listen",
		.otherwise = "8025" };
	struct server server = { .program = "berth-inboxd",
		.synopsis = "[OPTION]... [MAILDIR]",
		.about =
		    "Shows the mail in a Maildir (./mail) to browsers, and "
		    "to programs by the JSON\nroutes of Mailpit and "
		    "MailHog.",
		.examples = "  berth-inboxd\n"
			    "  berth-inboxd --listen 9025 /var/mail/in\n"
			    "  berth-inboxd --max-messages 500 --max-age 30d\n",
		.tables =
		    (const struct arg_table *const[]){ &inboxd_args, NULL },
		.offers = &offer,
		.offer_count = 1,
		.helpers = inboxd_helpers,
		.one_listen_option = true,
		.most_operands = 1,
		.configure = configure };

	return server_main(&server, argc, argv);
}

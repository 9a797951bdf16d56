/*
 * main.c - berth-httpd: serve a directory to browsers.
 */
#include "httpd/httpd.h"
#include "program/program.h"

static void
configure(struct server *s, int operands, char **operand)
{
	site_configure(s, operands > 0 ? operand[0] : NULL);
}

int
main(int argc, char **argv)
{
	struct offer offer = { .service = &site_service,
		.option = "--listen",
		.otherwise = "8080" };
	struct server server = { .program = "berth-httpd",
		.synopsis = "[OPTION]... [DIR]",
		.about = "Serve the files of a directory to browsers (port "
			 "8080).  DIR is www if that exists, else the current "
			 "directory.",
		.examples = "  berth-httpd\n"
			    "  berth-httpd --listen '*:80' /srv/www\n"
			    "  berth-httpd --spa --cache 60 dist\n",
		.tables = (const struct arg_table *const[]){ &site_args, NULL },
		.offers = &offer,
		.offer_count = 1,
		.one_listen_option = true,
		.most_operands = 1,
		.configure = configure };

	return server_main(&server, argc, argv);
}

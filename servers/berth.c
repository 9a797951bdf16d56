/*
 * berth.c - berth, the whole suite under one master: a site and a mail
 * catcher.
 *
 * Each is a service of its own with listeners of its own; the children are
 * the same pool's, and a child learns which service it serves when it is
 * handed a connection.
 */
#include <string.h>
#include <sys/stat.h>

#include "httpd/httpd.h"
#include "program/program.h"
#include "smtpd/smtpd.h"
#include "system/log.h"

enum { SITE, MAIL, OFFERS };

static struct offer offers[OFFERS] = {
	[SITE] = { .service = &site_service,
	    .option = "--http",
	    .otherwise = "8080",
	    .reserve = SERVICE_SHARE },
	[MAIL] = { .service = &mail_service,
	    .option = "--smtp",
	    .otherwise = "1025",
	    .reserve = SERVICE_SHARE },
};

static const char *maildir = "./mail";

/* As given, with "off". */
static struct arg_list listen_at[OFFERS];

static const struct arg own[] = {
	{ "http", "ADDRESS|off", "where the site listens (8080); repeatable",
	    .list = &listen_at[SITE] },
	{ "listen", "ADDRESS", "the same as --http", .same_as = "http",
	    .letter = 'l' },
	{ "port", "ADDRESS", "the same as --http", .same_as = "http",
	    .letter = 'p' },
	{ "smtp", "ADDRESS|off",
	    "where the mail catcher listens (1025); repeatable",
	    .list = &listen_at[MAIL] },
	{ "http-reserve", "N",
	    "processes that only the site may take (a quarter of all)",
	    .number = &offers[SITE].reserve },
	{ "smtp-reserve", "N",
	    "processes that only the mail catcher may take (a quarter of all)",
	    .number = &offers[MAIL].reserve },
	{ "mail", "DIR", "the Maildir (./mail)", .text = &maildir },
	{ 0 },
};
static const struct arg_table own_table = { .options = own };

/* Where a part listens; "off" as the only address: it is not offered. */
static void
settle_listen(struct offer *o, struct arg_list *given)
{
	if (given->n == 0)
		given->item[given->n++] = o->otherwise;
	for (size_t i = 0; i < given->n; i++)
		if (strcmp(given->item[i], "off") == 0 && given->n > 1)
			die(EXIT_USAGE, "%s off: and an address as well",
			    o->option);
	if (strcmp(given->item[0], "off") == 0)
		o->otherwise = NULL;
	else
		o->listen = *given;
}

static const char *
default_site(void)
{
	struct stat st;

	return stat("www", &st) == 0 && S_ISDIR(st.st_mode) ? "www" : ".";
}

static void
configure(struct server *s, int operands, char **operand)
{
	for (size_t i = 0; i < OFFERS; i++)
		settle_listen(&offers[i], &listen_at[i]);
	site_configure(s, operands > 0 ? operand[0] : default_site());
	smtpd_configure(maildir, s->options.timeout_ms, s->options.log_format);
}

int
main(int argc, char **argv)
{
	struct server server = { .program = "berth",
		.synopsis = "[OPTION]... [DIR]",
		.about = "Serve a site on port 8080 and catch mail on port "
			 "1025.  DIR is www if\nthat exists, else the current "
			 "directory.",
		.examples = "  berth\n"
			    "  berth --live --http 3000 dist\n"
			    "  berth --smtp off public\n"
			    "  berth --http off --mail /tmp/mail\n",
		.tables = (const struct arg_table *const[]){ &own_table,
		    &site_args, &smtpd_args, NULL },
		.offers = offers,
		.offer_count = OFFERS,
		.most_operands = 1,
		.configure = configure };

	return server_main(&server, argc, argv);
}

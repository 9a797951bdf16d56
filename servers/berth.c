/*
 * berth.c - berth, the whole suite under one master: a site, a mail catcher,
 * and an inbox that shows what was caught.
 *
 * Each is a service of its own with listeners of its own; the children are
 * the same pool's, and a child learns which service it serves when it is
 * handed a connection.
 */
#include <stdio.h>
#include <string.h>

#include "httpd/httpd.h"
#include "inboxd/inboxd.h"
#include "program/program.h"
#include "smtpd/smtpd.h"
#include "system/log.h"

enum { SITE, MAIL, INBOX, OFFERS };

static struct offer offers[OFFERS] = {
	[SITE] = { .service = &site_service,
	    .option = "--http",
	    .secure_option = "--tls-listen",
	    .otherwise = "8080",
	    .reserve = SERVICE_SHARE },
	[MAIL] = { .service = &mail_service,
	    .option = "--smtp",
	    .secure_option = "--smtps",
	    .otherwise = "1025",
	    .reserve = SERVICE_SHARE },
	[INBOX] = { .service = &inbox_service,
	    .option = "--inbox",
	    .secure_option = "--inbox-tls",
	    .otherwise = "8025",
	    .reserve = SERVICE_SHARE },
};

static const char *maildir = "./mail";

/* As given, with "off". */
static struct arg_list listen_at[OFFERS], secure_at[OFFERS];

/* Where --tls has them listen. */
static bool tls;
static const char *const secure_ports[OFFERS] = {
	[SITE] = "8443",
	[MAIL] = "1465",
	[INBOX] = "8026",
};

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
	{ "inbox", "ADDRESS|off", "where the inbox listens (8025); repeatable",
	    .list = &listen_at[INBOX] },
	{ "tls", NULL,
	    "speak TLS as well, with a certificate of berth-ca(1) unless "
	    "--tls-cert names one",
	    .flag = &tls },
	{ "tls-listen", "ADDRESS|off",
	    "where the site listens for TLS (--tls: 8443); repeatable",
	    .list = &secure_at[SITE] },
	{ "smtps", "ADDRESS|off",
	    "where the mail catcher listens for TLS (--tls: 1465); repeatable",
	    .list = &secure_at[MAIL] },
	{ "inbox-tls", "ADDRESS|off",
	    "where the inbox listens for TLS (--tls: 8026); repeatable",
	    .list = &secure_at[INBOX] },
	{ "http-reserve", "N",
	    "processes that only the site may take (a sixth of all)",
	    .number = &offers[SITE].reserve },
	{ "smtp-reserve", "N",
	    "processes that only the mail catcher may take (a sixth of all)",
	    .number = &offers[MAIL].reserve },
	{ "inbox-reserve", "N",
	    "processes that only the inbox may take (a sixth of all)",
	    .number = &offers[INBOX].reserve },
	{ "mail", "DIR", "the Maildir (./mail)", .text = &maildir },
	{ 0 },
};
static const struct arg_table own_table = { .options = own };

/* "off" as the only address: nowhere. */
static struct arg_list
settle(const char *option, struct arg_list *given, const char *otherwise)
{
	if (given->n == 0 && otherwise != NULL)
		given->item[given->n++] = otherwise;
	for (size_t i = 0; i < given->n; i++)
		if (strcmp(given->item[i], "off") == 0 && given->n > 1)
			die(EXIT_USAGE, "%s off: and an address as well",
			    option);
	if (given->n > 0 && strcmp(given->item[0], "off") == 0)
		return (struct arg_list){ .n = 0 };
	return *given;
}

/* Where a part listens; not offered without TLS, it has none by --tls. */
static void
settle_listen(size_t i)
{
	struct offer *o = &offers[i];
	const char *secure = tls ? secure_ports[i] : NULL;

	o->listen = settle(o->option, &listen_at[i], o->otherwise);
	if (o->listen.n == 0)
		o->otherwise = secure = NULL;
	o->secure = settle(o->secure_option, &secure_at[i], secure);
}

static bool
is_offered(const struct offer *o)
{
	return o->listen.n > 0 || o->secure.n > 0 || o->otherwise != NULL;
}

/*
 * Where mail is caught, as the inbox tells it to people: HOST:PORT.  NULL when
 * it is not known before it listens, or is no place that all clients know.
 */
static const char *
find_smtp(const struct server *s)
{
	static char text[300];
	const struct offer *o = &offers[MAIL];
	const char *given = o->listen.n > 0 ? o->listen.item[0] : o->otherwise;
	const char *port;
	int host;

	if (given == NULL || s->options.any_port ||
	    strncmp(given, "unix:", 5) == 0)
		return NULL;
	port = strrchr(given, ':');
	host = port == NULL ? 0 : (int)(port - given);
	port = port == NULL ? given : port + 1;
	if (strspn(port, "0") == strlen(port))
		return NULL;
	if (host == 0 || strncmp(given, "*:", 2) == 0)
		snprintf(text, sizeof(text), "localhost:%s", port);
	else
		snprintf(text, sizeof(text), "%.*s:%s", host, given, port);
	return text;
}

static void
configure(struct server *s, int operands, char **operand)
{
	for (size_t i = 0; i < OFFERS; i++)
		settle_listen(i);
	site_configure(s, operands > 0 ? operand[0] : NULL);
	smtpd_configure(maildir, s->options.timeout_ms, s->options.log_format);
	if (smtpd_options.require_tls && is_offered(&offers[MAIL]))
		s->needs_tls = "--require-tls";
	inboxd_configure(s, maildir, find_smtp(s));
	inboxd_line_ends(smtpd_options.line_ends == SMTPD_LF);
	/* Nobody else asks what the indexer knows. */
	s->helper_count = is_offered(&offers[INBOX]) ? inboxd_helper_count : 0;
}

int
main(int argc, char **argv)
{
	struct server server = { .program = "berth",
		.synopsis = "[OPTION]... [DIR]",
		.about = "Serve a site on port 8080, catch mail on port 1025, "
			 "and show it on port\n8025.  DIR is www if that "
			 "exists, else the current directory.",
		.examples = "  berth\n"
			    "  berth --tls\n"
			    "  berth --live --http 3000 dist\n"
			    "  berth --smtp off public\n"
			    "  berth --http off --mail /tmp/mail\n"
			    "  berth --inbox 9025 --max-messages 500\n",
		.tables = (const struct arg_table *const[]){ &own_table,
		    &site_args, &smtpd_args, &inboxd_args, NULL },
		.offers = offers,
		.offer_count = OFFERS,
		.helpers = inboxd_helpers,
		.most_operands = 1,
		.configure = configure };

	return server_main(&server, argc, argv);
}

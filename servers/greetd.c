/*
 * greetd.c - berth-greetd: a server that speaks first.
 *
 * It says its text to each client and closes.  With --once it is the one-shot
 * server of the class: on port 29876 it says TEST to a single client and
 * exits, down to the line "Got connection from ADDRESS PORT".
 */

#include "conn/conn.h"
#include "conn/narrated.h"
#include "program/program.h"
#include "system/log.h"
#include "system/narrate.h"

#define PATIENCE_MS 10000 /* with a client that does not read */

static const char *text; /* NULL: what the class says */
static bool once;

/* The service: say who came, greet, done. */
static int
greet(struct conn *c, const struct service *service)
{
	char host[ADDR_MAX_TEXT];

	(void)service;
	narrated(c);
	log_plain("Got connection from %s %u", addr_host(&c->peer, host),
	    addr_port(&c->peer));
	conn_deadline(c, PATIENCE_MS);
	return conn_sayz(c, text) < 0 ? CONDUCT_GONE : CONDUCT_FINE;
}

static struct service greet_service = {
	.name = "greet",
	.secure_name = "greet-tls",
	.serve = greet,
};

static const struct arg own[] = {
	{ "once", NULL, "serve one client and exit (port 29876, TEST)",
	    .flag = &once },
	{ "text", "TEXT", "what to say (Thank you for connecting)",
	    .text = &text },
	{ "narrate", NULL, "tell each socket call as it happens",
	    .flag = &narrate_on },
	{ 0 },
};
static const struct arg_table own_table = { .options = own };

static void
configure(struct server *s, int operands, char **operand)
{
	(void)operands;
	(void)operand;
	narrate_in_log();
	if (once) {
		s->serve_at_most = 1;
		s->offers[0].otherwise = "29876";
	}
	if (text == NULL)
		text = once ? "TEST" : "Thank you for connecting";
}

int
main(int argc, char **argv)
{
	struct offer offer = { .service = &greet_service,
		.option = "--listen",
		.otherwise = "12345" };
	struct server server = { .program = "berth-greetd",
		.plain_words = true,
		.synopsis = "[OPTION]...",
		.about = "Send a text to each client and close (port 12345).",
		.examples = "  berth-greetd --text 'Hello there'\n"
			    "  berth-greetd --once\n"
			    "  berth-tcp localhost 12345\n",
		.tables = (const struct arg_table *const[]){ &own_table, NULL },
		.offers = &offer,
		.offer_count = 1,
		.one_listen_option = true,
		.configure = configure };

	return server_main(&server, argc, argv);
}

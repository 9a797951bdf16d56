/*
 * upperd.c - berth-upperd, the first server of a networking class: whatever
 * comes in goes out in upper case.
 *
 * One function serves TCP and UDP.  A TCP client may send as much as it likes
 * and gets each piece back as it comes; a UDP client sends one datagram and
 * gets one back, for a datagram is a connection with one read and then the
 * end of the file.  Everything that makes this a server (socket, bind, listen,
 * accept, a process for each client) is in common/: begin with
 * program/server.c there.
 */

#include "bytes/ascii.h"
#include "conn/conn.h"
#include "conn/narrated.h"
#include "program/program.h"
#include "system/log.h"
#include "system/narrate.h"

#define PATIENCE_MS 60000 /* with a client that says nothing */

static bool quiet;

/* The service: hear, turn to upper case, answer, until the client is done. */
static int
upper(struct conn *c, const struct service *service)
{
	int64_t patience_ms = *(const int64_t *)service->context;
	char host[ADDR_MAX_TEXT];
	ssize_t n;

	narrated(c);
	if (!quiet)
		log_plain("Got %s from %s %u",
		    c->type == SOCK_DGRAM ? "datagram" : "connection",
		    addr_host(&c->peer, host), addr_port(&c->peer));
	for (;;) {
		conn_deadline(c, patience_ms);
		n = conn_idle(c);
		if (n <= 0)
			break;
		for (size_t i = 0; i < c->in.n; i++)
			c->in.p[i] = ascii_upper(c->in.p[i]);
		if (conn_say(c, buf_slice(&c->in)) < 0)
			return CONDUCT_GONE;
		buf_clear(&c->in);
	}
	return n == CONN_TIMEOUT ? CONDUCT_SLOW : CONDUCT_FINE;
}

static int64_t patience_ms = PATIENCE_MS;

static struct service upper_service = {
	.name = "upper",
	.secure_name = "upper-tls",
	.serve = upper,
	.context = &patience_ms,
	.yields = true,
};

static const struct arg own[] = {
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
	quiet = s->options.quiet > 0;
	if (s->options.timeout_ms > 0)
		patience_ms = s->options.timeout_ms;
}

int
main(int argc, char **argv)
{
	struct offer offer = { .service = &upper_service,
		.option = "--listen",
		.otherwise = "12000",
		.datagrams = true };
	struct server server = { .program = "berth-upperd",
		.plain_words = true,
		.synopsis = "[OPTION]...",
		.about = "Return what clients send in upper case, over TCP and "
			 "UDP (port 12000).",
		.examples = "  berth-upperd\n"
			    "  berth-upperd --narrate\n"
			    "  echo hello | berth-tcp localhost 12000\n"
			    "  echo hello | berth-udp localhost 12000\n",
		.tables = (const struct arg_table *const[]){ &own_table, NULL },
		.offers = &offer,
		.offer_count = 1,
		.one_listen_option = true,
		.configure = configure };

	return server_main(&server, argc, argv);
}

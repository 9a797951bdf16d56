/*
 * berth-relay - sends messages of the inbox to the mail server that its options
 * name.
 *
 * A helper of an inbox with --relay, started by its master: no process that
 * talks to clients can connect anywhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bytes/num.h"
#include "grammar/uri.h"
#include "relay/relay.h"
#include "sandbox/outward.h"
#include "system/beside.h"
#include "system/helper_main.h"
#include "system/image.h"
#include "system/io.h"
#include "system/log.h"

static bool quiet, bare;

static const struct arg own[] = {
	{ "to", "PATTERN",
	    "send to such recipients only (*@example.com); repeatable",
	    .list = &relay_options.to },
	{ "tls", RELAY_TLS_CHOICE,
	    "STARTTLS if it is offered, whoever the server is; or no mail "
	    "without; TLS from the start; never (may)",
	    .choice = &relay_options.tls },
	{ "cacert", "FILE",
	    "trust the certificates in FILE (PEM), and not the system's",
	    .text = &relay_options.ca_file },
	{ "login", NULL, "log in as the file that is open as 4 says",
	    .flag = &relay_options.login },
	{ "rule", "PATTERN",
	    "send what comes to such recipients by itself; repeatable",
	    .list = &relay_options.rules },
	{ "no-sandbox", NULL, "no sandbox, for debugging", .flag = &bare },
	{ "quiet", NULL, "say only what is wrong", .letter = 'q',
	    .flag = &quiet },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = RELAY_PROGRAM,
	.synopsis = "[OPTION]... HOST:PORT",
	.about = "Sends messages of an inbox to this mail server, for "
		 "processes that cannot connect\nanywhere by themselves.  "
		 "Servers start it by themselves.",
	.examples = "  berth-inboxd --relay mail.example.com:25 "
		    "--relay-to '*@example.com'\n",
	.tables = tables,
};

int
main(int argc, char **argv)
{
	struct slice host, port;
	uint64_t number = 0;
	int first, last;
	bool rules;

	first = helper_begin(&args, &quiet, argc, argv);
	helper_is_started();
	if (argc - first != 1 ||
	    uri_host(slice_of(argv[first]), &host, &port) < 0 ||
	    num_within(port, 1, 65535, &number) != NUM_OK)
		die(EXIT_USAGE, "where to, please: HOST:PORT");
	relay_options.server = argv[first];
	rules = relay_options.rules.n > 0;
	last = relay_options.login ? RELAY_LOGIN_FD : IMAGE_HELPER_FD;
	io_fill_standard();
	beside_close_from(last + 1, 0);
	if (rules && rules_open(IMAGE_HELPER_FD) < 0)
		die(EXIT_OSERR, "the Maildir: %s", strerror(errno));
	if (!bare && sandbox_outward_to((uint16_t)number) < 0)
		die(EXIT_OSERR, "sandbox: %s", strerror(errno));
	for (int fd = IMAGE_HELPER_FD; fd <= last; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return rules ? rules_serve() : relay_serve(IMAGE_HELPER_FD);
}

/*
 * berth-lookup - ask the system what a name means.
 *
 * A socket is connected to numbers: an address, a port, a protocol.  People
 * write names.  This program makes the look-ups between the two, one by one:
 *	host		getaddrinfo(3), getnameinfo(3); with --classic also
 *			gethostbyname(3) and gethostbyaddr(3), which know IPv4
 *			only and answer in memory that the next call reuses
 *	service		getservbyname(3), getservbyport(3)
 *	protocol	getprotobyname(3), getprotobynumber(3)
 */
#include "lookup.h"

#include <string.h>

#include "system/args.h"
#include "system/io.h"
#include "system/log.h"
#include "system/narrate.h"

static bool classic;

static const struct arg own[] = {
	{ "classic", NULL, "show gethostbyname(3) beside getaddrinfo(3)",
	    .flag = &classic, .letter = 'c' },
	{ "narrate", NULL, "tell each call as it happens",
	    .flag = &narrate_on },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = "berth-lookup",
	.synopsis = "[--classic] host NAME | service NAME [PROTO] | "
		    "protocol NAME",
	.about = "Looks up hosts, services and protocols by name or number.",
	.examples = "  berth-lookup host localhost\n"
		    "  berth-lookup --classic host www.debian.org\n"
		    "  berth-lookup service smtp\n"
		    "  berth-lookup service 80 tcp\n"
		    "  berth-lookup protocol udp\n",
	.tables = tables,
};

int
main(int argc, char **argv)
{
	int first, n;

	io_fill_standard();
	log_init("berth-lookup", SAY_INFO);
	first = args_parse(&args, argc, argv);
	n = argc - first;
	argv += first;
	if (n == 2 && strcmp(argv[0], "host") == 0)
		return lookup_host(argv[1], classic);
	if (n == 2 && strcmp(argv[0], "protocol") == 0)
		return lookup_protocol(argv[1]);
	if ((n == 2 || n == 3) && strcmp(argv[0], "service") == 0)
		return lookup_service(argv[1], n == 3 ? argv[2] : NULL);
	die(EXIT_USAGE,
	    "say host NAME, service NAME [PROTO] or protocol NAME "
	    "(see --help)");
}

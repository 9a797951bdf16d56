/*
 * server_args.c - the options of the contract that every server takes.
 */
#include "program/server_args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes/num.h"
#include "health/health.h"
#include "program/server_settle.h"
#include "system/log.h"
#include "system/logfile.h"

#define CHILDREN_LIMIT    32768 /* as many as a small pid_max has */
#define HEALTH_RESERVE    2     /* processes ... */
#define HEALTH_SHARE_FROM 16    /* ... of so many or more */
#define TABLES_MAX        16    /* of a program's own */

/* What is given, for the tables to point at. */
static struct arg_list listen_at;
static bool given_exec;
static struct server_options given = { .reuse = SERVER_NOT_GIVEN,
	.max_children = 512,
	.min_idle = SERVER_NOT_GIVEN,
	.max_idle = SERVER_NOT_GIVEN,
	.grace_ms = 30000,
	.access_log = "-",
	.log_format = LOG_AUTO };

static const struct arg listens[] = {
	{ "listen", "ADDRESS",
	    "where to listen: PORT, HOST:PORT, [IPV6]:PORT, unix:PATH; "
	    "repeatable",
	    .list = &listen_at, .letter = 'l' },
	{ "port", "ADDRESS", "the same as --listen", .same_as = "listen",
	    .letter = 'p' },
	{ 0 },
};
/* A program whose only service can be had over TLS. */
static struct arg_list secure_at;
static const struct arg secure_listens[] = {
	{ "tls-listen", "ADDRESS", "where to listen for TLS; repeatable",
	    .list = &secure_at },
	{ 0 },
};
static const struct arg_table secure_table = { .options = secure_listens };

static const struct arg_table listens_table = { .options = listens };

static const struct arg common[] = {
	{ "any-port", NULL,
	    "where a port is busy, take the next free one (the ready line says "
	    "which)",
	    .flag = &given.any_port },
	{ "isolation", "fork|restore|exec|reuse",
	    "how each client gets its process: forked for it, put back as it "
	    "was forked, a fresh exec, one that served others",
	    .choice = &given.isolation },
	{ "reuse", "N",
	    "--isolation reuse, and a child exits after N connections (0: no "
	    "end, the default)",
	    .number = &given.reuse },
	{ "exec", NULL, "the same as --isolation exec", .flag = &given_exec },
	{ "max-children", "N", "processes at most (512)",
	    .number = &given.max_children, .min = 1, .max = CHILDREN_LIMIT },
	{ "min-idle", "N", "processes ready at least (4)",
	    .number = &given.min_idle, .max = CHILDREN_LIMIT },
	{ "max-idle", "N", "processes ready at most (16)",
	    .number = &given.max_idle, .min = 1, .max = CHILDREN_LIMIT },
	{ "per-client", "N",
	    "connections from one address (64; loopback unlimited "
	    "unless given)",
	    .number = &given.per_client, .min = 1 },
	{ "timeout", "SECONDS",
	    "idle time allowed between requests or commands",
	    .seconds = &given.timeout_ms, .max = 86400 },
	{ "rest", "SECONDS",
	    "a connection that is silent for so long between two requests "
	    "over HTTP gives its process back (0: never)",
	    .seconds = &given.rest_ms, .max = 86400 },
	{ "grace", "SECONDS", "how long a drain waits (30)",
	    .seconds = &given.grace_ms, .max = 86400 },
	{ "drain-delay", "SECONDS",
	    "asked to end (TERM), say first that it is not ready (0)",
	    .seconds = &given.drain_delay_ms, .max = 86400 },
	{ "health", "ADDRESS",
	    "where to tell /livez, /readyz and /metrics; repeatable",
	    .list = &given.health },
	{ "proxy-from", "ADDRESS[/BITS]|unix",
	    "a proxy that begins each connection with a PROXY header, which "
	    "says whose it is; repeatable",
	    .list = &given.proxy_from },
	{ "user", "NAME", "when started as root, drop to this user (nobody)",
	    .text = &given.user, .letter = 'u' },
	{ "allow-host", "NAME",
	    "over loopback, also answer for this name (*.NAME: for those "
	    "below it; *: for any); repeatable",
	    .list = &given.allow_host },
	{ "tls-cert", "FILE",
	    "the certificate (PEM, with those that vouch for it); repeatable; "
	    "without one, TLS takes one of berth-ca(1)",
	    .list = &given.tls_cert },
	{ "tls-key", "FILE",
	    "its key; without it, the key is looked for in the same file",
	    .list = &given.tls_key },
	{ "no-sandbox", NULL, "no sandbox, for debugging",
	    .flag = &given.no_sandbox },
	{ "access-log", "FILE",
	    "where requests are logged (-: standard error; off)",
	    .text = &given.access_log },
	{ "log-format", "common|combined|json|short|auto",
	    "how (auto: short on a terminal, else combined)",
	    .choice = &given.log_format },
	{ "config", "FILE",
	    "options from a file, one a line (berth.conf, if there is one "
	    "here)",
	    .text = &given.config, .line_only = true },
	{ "print-config", NULL, "show what holds and where it came from",
	    .flag = &given.print_config, .line_only = true },
	{ "quiet", NULL, "fewer words", .count = &given.quiet, .letter = 'q' },
	{ "verbose", NULL, "more words", .count = &given.verbose,
	    .letter = 'v' },
	{ 0 },
};
static const struct arg_table common_table = { .title = "Server",
	.options = common };

/* Nobody can keep more children for his service than there are. */
static void
check_reserves(const struct server *s)
{
	uint64_t left = s->options.max_children;

	for (size_t i = 0; i < s->offer_count; i++) {
		const struct offer *o = &s->offers[i];

		if (o->reserve == SERVICE_SHARE ||
		    (o->listen.n == 0 && o->secure.n == 0 &&
			o->otherwise == NULL))
			continue;
		if (o->reserve > left)
			die(EXIT_USAGE,
			    "%s-reserve %llu: more than --max-children %llu "
			    "allows",
			    o->option, (unsigned long long)o->reserve,
			    (unsigned long long)s->options.max_children);
		left -= o->reserve;
	}
}

/*
 * Health is one service more, with some children of its own where there are
 * many: it is wanted most when the others are full.
 */
static void
add_health(struct server *s)
{
	static struct offer offers[SERVICE_MAX];
	size_t n = s->offer_count;

	if (s->options.health.n == 0)
		return;
	if (n == SERVICE_MAX)
		bug("more than %d services", SERVICE_MAX);
	memcpy(offers, s->offers, n * sizeof(*offers));
	offers[n] = (struct offer){ .service = &health_service,
		.option = "--health",
		.listen = s->options.health,
		.reserve = s->options.max_children >= HEALTH_SHARE_FROM ?
		    HEALTH_RESERVE :
		    0 };
	s->offers = offers;
	s->offer_count = n + 1;
}

/* The tables of this program: where it listens, its own, everybody's. */
static const struct arg_table *const *
all_tables(const struct server *s)
{
	static const struct arg_table *all[TABLES_MAX + 4];
	size_t n = 0;

	if (s->one_listen_option)
		all[n++] = &listens_table;
	if (s->one_listen_option && s->offers[0].service->secure_name != NULL)
		all[n++] = &secure_table;
	for (size_t i = 0; s->tables != NULL && s->tables[i] != NULL; i++) {
		if (i == TABLES_MAX)
			bug("more than %d tables of options", TABLES_MAX);
		all[n++] = s->tables[i];
	}
	all[n++] = &common_table;
	all[n] = NULL;
	return all;
}

/* Is it what people write for a port? */
static bool
is_port(const char *text)
{
	struct slice digits = slice_of(text);
	uint64_t port;

	if (slice_starts(digits, ":"))
		digits = slice_from(digits, 1);
	return num_within(digits, 0, 65535, &port) == NUM_OK;
}

/* A number that is no directory's name was meant as a port. */
static void
check_operands(const struct server *s, int operands, char **operand)
{
	struct stat st;

	for (int i = 0; i < operands; i++)
		if (is_port(operand[i]) && stat(operand[i], &st) < 0)
			die(EXIT_USAGE,
			    "%s: there is no such directory; to listen on that "
			    "port say -p %s",
			    operand[i], operand[i] + (operand[i][0] == ':'));
	if (operands > s->most_operands)
		die(EXIT_USAGE, "%s: one operand too many",
		    operand[s->most_operands]);
}

/* Where each offer listens, be it by default. */
static void
fill_in_listens(struct server *s)
{
	for (size_t i = 0; i < s->offer_count; i++) {
		struct offer *o = &s->offers[i];

		if (o->listen.n == 0 && o->otherwise != NULL)
			o->listen.item[o->listen.n++] = o->otherwise;
	}
	if (s->one_listen_option)
		listen_at = s->offers[0].listen;
}

void
server_parse(struct server *s, int argc, char **argv)
{
	const struct args args = { s->program, s->synopsis, s->about,
		s->examples, all_tables(s) };
	int first = args_parse(&args, argc, argv);
	const char *config = given.config;

	args_file(config != NULL ? config : SERVER_CONFIG, config != NULL);
	server_settle(s->program, &given, given_exec);
	s->options = given;
	s->options.reuse = server_settle_reuse(&given);
	if (s->one_listen_option)
		s->offers[0].listen = listen_at;
	if (secure_at.n > 0) {
		s->offers[0].secure = secure_at;
		s->offers[0].secure_option = "--tls-listen";
	}
	check_operands(s, argc - first, argv + first);
	if (s->configure != NULL)
		s->configure(s, argc - first, argv + first);
	add_health(s);
	check_reserves(s);
	fill_in_listens(s);
	if (!given.print_config)
		return;
	args_show();
	exit(fflush(stdout) == 0 ? 0 : EXIT_OSERR);
}

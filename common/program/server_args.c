/*
 * server_args.c - the options of the contract that every server takes.
 */
#include "program/server_args.h"

#include "system/log.h"
#include "system/logfile.h"

#define CHILDREN_LIMIT 32768 /* as many as a small pid_max has */
#define MIN_IDLE       4
#define MAX_IDLE       16
#define NOT_GIVEN      UINT64_MAX

static void
set_defaults(struct server_options *o)
{
	*o = (struct server_options){ .reuse = 1,
		.max_children = 512,
		.min_idle = NOT_GIVEN,
		.max_idle = NOT_GIVEN,
		.grace_ms = 30000,
		.access_log = "-",
		.log_format = LOG_COMBINED };
}

/*
 * A default gives way to what was asked for; only two wishes can contradict
 * each other.
 */
static void
settle_idle(struct server_options *o)
{
	if (o->min_idle == NOT_GIVEN)
		o->min_idle = o->max_idle < MIN_IDLE ? o->max_idle : MIN_IDLE;
	if (o->min_idle > o->max_children)
		o->min_idle = o->max_children;
	if (o->max_idle == NOT_GIVEN)
		o->max_idle = o->min_idle > MAX_IDLE ? o->min_idle : MAX_IDLE;
	if (o->max_idle < o->min_idle)
		die(EXIT_USAGE, "--max-idle %llu: less than --min-idle %llu",
		    (unsigned long long)o->max_idle,
		    (unsigned long long)o->min_idle);
}

/* What the options mean together. */
static void
settle(struct server *s)
{
	struct server_options *o = &s->options;

	log_init(s->program,
	    (enum log_level)(o->quiet > 0 ?
		    (o->quiet > 1 ? SAY_ERROR : SAY_WARN) :
		    o->verbose > 0 ? SAY_DEBUG :
				     SAY_INFO));
	settle_idle(o);
}

void
server_parse(struct server *s, int argc, char **argv)
{
	struct server_options *o = &s->options;
	struct arg listen[] = {
		{ 'l', "listen", ARG_LIST, "ADDRESS",
		    "where to listen: PORT, HOST:PORT, [IPV6]:PORT, unix:PATH; "
		    "repeatable",
		    &s->offers[0].listen, 0, 0 },
		{ 0 },
	};
	const struct arg common[] = {
		{ 0, "reuse", ARG_NUMBER, "N",
		    "connections a child serves "
		    "before it exits (1: a fresh process each; 0: no end)",
		    &o->reuse, 0, 0 },
		{ 0, "exec", ARG_FLAG, NULL, "each child is a fresh exec",
		    &o->exec, 0, 0 },
		{ 0, "max-children", ARG_NUMBER, "N", "processes at most (512)",
		    &o->max_children, 1, CHILDREN_LIMIT },
		{ 0, "min-idle", ARG_NUMBER, "N",
		    "processes ready at least (4)", &o->min_idle, 0,
		    CHILDREN_LIMIT },
		{ 0, "max-idle", ARG_NUMBER, "N",
		    "processes ready at most (16)", &o->max_idle, 1,
		    CHILDREN_LIMIT },
		{ 0, "per-client", ARG_NUMBER, "N",
		    "connections from one "
		    "address (64; loopback unlimited unless given)",
		    &o->per_client, 1, 0 },
		{ 0, "timeout", ARG_SECONDS, "SECONDS",
		    "idle time allowed between requests or commands",
		    &o->timeout_ms, 0, 86400 },
		{ 0, "grace", ARG_SECONDS, "SECONDS",
		    "how long a drain waits (30)", &o->grace_ms, 0, 86400 },
		{ 'u', "user", ARG_TEXT, "NAME",
		    "when started as root, drop "
		    "to this user (nobody)",
		    &o->user, 0, 0 },
		{ 0, "no-sandbox", ARG_FLAG, NULL, "no sandbox, for debugging",
		    &o->no_sandbox, 0, 0 },
		{ 0, "access-log", ARG_TEXT, "FILE",
		    "where requests are logged (-: standard error; off)",
		    &o->access_log, 0, 0 },
		{ 0, "log-format", ARG_CHOICE, "common|combined|json",
		    "how (combined)", &o->log_format, 0, 0 },
		{ 'q', "quiet", ARG_COUNT, NULL, "fewer words", &o->quiet, 0,
		    0 },
		{ 'v', "verbose", ARG_COUNT, NULL, "more words", &o->verbose, 0,
		    0 },
		{ 0 },
	};
	const struct arg *tables[5] = { NULL };
	struct args args = { s->program, s->synopsis, s->about, s->examples,
		tables };
	size_t n = 0;
	int first;

	set_defaults(&s->options);
	if (s->one_listen_option)
		tables[n++] = listen;
	if (s->own != NULL)
		tables[n++] = s->own;
	if (s->more != NULL)
		tables[n++] = s->more;
	tables[n++] = common;
	first = args_parse(&args, argc, argv);
	if (argc - first > s->most_operands)
		die(EXIT_USAGE, "%s: one operand too many",
		    argv[first + s->most_operands]);
	settle(s);
	if (s->configure != NULL)
		s->configure(s, argc - first, argv + first);
}

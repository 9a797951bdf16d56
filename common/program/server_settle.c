/*
 * server_settle.c - what the options that every server takes mean together.
 */
#include "program/server_settle.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "system/image.h"
#include "system/log.h"
#include "system/logfile.h"

#define MIN_IDLE 4
#define MAX_IDLE 16

/*
 * A default gives way to what was asked for; only two wishes can contradict
 * each other.
 */
static void
settle_idle(struct server_options *o)
{
	if (o->min_idle == SERVER_NOT_GIVEN)
		o->min_idle = o->max_idle < MIN_IDLE ? o->max_idle : MIN_IDLE;
	if (o->min_idle > o->max_children)
		o->min_idle = o->max_children;
	if (o->max_idle == SERVER_NOT_GIVEN)
		o->max_idle = o->min_idle > MAX_IDLE ? o->min_idle : MAX_IDLE;
	if (o->max_idle < o->min_idle)
		die(EXIT_USAGE, "--max-idle %llu: less than --min-idle %llu",
		    (unsigned long long)o->max_idle,
		    (unsigned long long)o->min_idle);
}

/* Words for the same thing; only two that differ are a fault. */
static void
settle_isolation(struct server_options *o, bool exec)
{
	if (exec && o->isolation != ISOLATION_FORK &&
	    o->isolation != ISOLATION_EXEC)
		die(EXIT_USAGE, "--exec: not with another --isolation");
	if (exec)
		o->isolation = ISOLATION_EXEC;
	if (o->reuse != SERVER_NOT_GIVEN &&
	    (o->isolation == ISOLATION_EXEC ||
		o->isolation == ISOLATION_RESTORE))
		die(EXIT_USAGE, "--reuse %llu: not with --isolation %s",
		    (unsigned long long)o->reuse,
		    o->isolation == ISOLATION_EXEC ? "exec" : "restore");
	if (o->reuse != SERVER_NOT_GIVEN)
		o->isolation = ISOLATION_REUSE;
}

/*
 * Do people watch the log?  A child of --exec has a socket to the logger where
 * its master has the terminal, and is told.
 */
static bool
is_watched(const struct server_options *o)
{
	if (strcmp(o->access_log, "-") != 0)
		return false;
	if (log_has_channel())
		return getenv(IMAGE_SHORT_LOG) != NULL;
	unsetenv(IMAGE_SHORT_LOG);
	return isatty(STDERR_FILENO) && setenv(IMAGE_SHORT_LOG, "1", 1) == 0;
}

/* For people who watch it, few words; for files and programs all there is. */
static void
settle_log(struct server_options *o)
{
	if (o->log_format == LOG_AUTO)
		o->log_format = is_watched(o) ? LOG_SHORT : LOG_COMBINED;
	if (o->log_format == LOG_SHORT)
		tzset(); /* children can open no file of time zones */
}

/* Who is believed. */
static void
settle_proxies(struct server_options *o)
{
	const char *why;

	for (size_t i = 0; i < o->proxy_from.n; i++)
		if (networks_add(&o->proxies, o->proxy_from.item[i], &why) < 0)
			args_refuse("--proxy-from", o->proxy_from.item[i],
			    EXIT_USAGE, "%s", why);
}

void
server_settle(const char *program, struct server_options *o, bool exec)
{
	log_init(program,
	    (enum log_level)(o->quiet > 0 ?
		    (o->quiet > 1 ? SAY_ERROR : SAY_WARN) :
		    o->verbose > 0 ? SAY_DEBUG :
				     SAY_INFO));
	settle_isolation(o, exec);
	settle_idle(o);
	settle_log(o);
	settle_proxies(o);
}

uint64_t
server_settle_reuse(const struct server_options *o)
{
	if (o->isolation != ISOLATION_REUSE)
		return 1;
	return o->reuse != SERVER_NOT_GIVEN ? o->reuse : 0;
}

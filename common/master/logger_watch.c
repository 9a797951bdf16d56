/*
 * logger_watch.c - the master and its logger (child/logger.h).
 *
 * It is the first helper to come and the last to go, and is started again,
 * while the master drains too, for somebody may have something to say.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "child/logger.h"
#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/logfile.h"

#define PAUSE_MS 1000 /* after one that ended by itself */
#define BUSY_MS  10   /* it is told so often what it could not be told */
#define LAST_MS  3000 /* for its end */

static void
each_channel(void *context, void (*add)(int end, const char *name))
{
	struct master *m = context;

	pool_channels(m->pool, add);
	for (size_t i = 0; i < m->helper_count; i++)
		if (m->helpers[i].log >= 0 && add != NULL)
			add(m->helpers[i].log, helpers_name(&m->helpers[i]));
}

void
logger_watch_open(struct master *m, struct helper *h)
{
	const struct logger_start start = {
		.program = m->plan->server->program,
		.plain = m->plan->server->plain_words,
		.sandbox = m->plan->setup.sandbox,
		.each = each_channel,
		.context = m,
	};
	int done, saved;

	/* It looks for the channels there. */
	pool_show_channels(m->pool, true);
	done = logger_start(&m->logger, &start);
	saved = errno;
	pool_show_channels(m->pool, false);
	errno = saved;
	if (done < 0) {
		log_error("no logger: %s", strerror(errno));
		h->start_at = clock_ms() + PAUSE_MS;
		return;
	}
	h->pid = m->logger.pid;
	each_channel(m, NULL);
}

void
logger_watch_ended(struct master *m, struct helper *h, int status)
{
	logger_ended(&m->logger);
	if (m->logger.own < 0)
		return; /* it was told to */
	log_error("the logger ended (%s %d); what is said waits for the next",
	    WIFSIGNALED(status) ? "signal" : "code",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	h->start_at = clock_ms() + PAUSE_MS;
}

void
logger_watch_leave(struct master *m, struct helper *h)
{
	(void)h;
	logger_leave(&m->logger);
}

bool
logger_watch_reopen(struct master *m)
{
	if (logfile_fd() < 0 || m->logger.control < 0)
		return false;
	if (logger_change(&m->logger, logfile_fd()))
		return true;
	helpers_kill(m, &m->helpers[HELPER_LOGGER]); /* the next has it */
	return false;
}

int64_t
logger_watch_due(struct master *m)
{
	if (!m->logger.behind)
		return CLOCK_NEVER;
	m->logger.behind = false;
	pool_list_rest(m->pool);
	return m->logger.behind ? clock_ms() + BUSY_MS : CLOCK_NEVER;
}

void
logger_watch_finish(struct master *m)
{
	struct helper *h = &m->helpers[HELPER_LOGGER];

	if (m->logger.own < 0)
		return;
	for (size_t i = 0; i < m->helper_count; i++)
		if (i != HELPER_LOGGER && m->helpers[i].pid > 0 &&
		    !m->helpers[i].leaving)
			return;
	if (pool_lives(m->pool) || m->unknown_count > 0)
		return;
	logger_finish(&m->logger);
	h->kill_at = clock_ms() + LAST_MS;
	h->start_at = CLOCK_NEVER;
}

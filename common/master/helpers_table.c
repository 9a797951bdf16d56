/*
 * helpers_table.c - which helper processes a master has: the table.
 */
#include "child/logger.h"
#include "child/restorer.h"
#include "child/zygote.h"
#include "master/helpers.h"
#include "master/master_inside.h"
#include "system/clock.h"
#include "system/log.h"

#define EARLIER 8 /* of an earlier image, and about to end */

static const struct helper_row rows[] = {
	/* Writes the log. */
	[HELPER_LOGGER] = { .name = LOGGER_NAME,
	    .start = logger_watch_open,
	    .ended = logger_watch_ended,
	    .reload = logger_watch_leave,
	    .lasts = true },
	/* Puts children back into their pristine state. */
	[HELPER_RESTORER] = { .name = RESTORER_NAME,
	    .start = restorer_watch_open,
	    .ended = restorer_watch_ended,
	    .drain = restorer_watch_close },
	/* Forks children that are born in the sandbox. */
	[HELPER_ZYGOTE] = { .name = ZYGOTE_NAME,
	    .start = zygote_watch_open,
	    .ended = zygote_watch_ended,
	    .drain = zygote_watch_close },
	/* Tries the options before a reload. */
	[HELPER_CHECKER] = { .name = "reload check",
	    .start = reload_check,
	    .ended = reload_decide,
	    .drain = helpers_kill },
};

/* A zygote of an earlier image, and others that have no row now. */
static const struct helper_row earlier = { .name = "earlier" };

/* What the program wants. */
static const struct helper_row program = { .name = "program",
	.start = helper_program_start,
	.ended = helper_program_ended,
	.drain = helper_program_tell,
	.reload = helper_program_tell,
	.in_turn = true };

void
helpers_make(struct master *m)
{
	const struct server *s = m->plan->server;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		helpers_add(m, &rows[i], NULL);
	m->helpers[HELPER_CHECKER].start_at = CLOCK_NEVER;
	for (size_t i = 0; i < EARLIER; i++)
		helpers_add(m, &earlier, NULL);
	for (size_t i = 0; i < s->helper_count; i++)
		if (helpers_add(m, &program, &s->helpers[i]) == NULL)
			bug("%zu helpers", s->helper_count);
}

/*
 * helpers.c - the master's helper processes: what is the same for all.
 */
#include "master/helpers.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "system/clock.h"

#define LEAVE_MS  5000  /* for one that an earlier image has told to end */
#define BESIDE_MS 60000 /* the same, if nobody waits for its end */

struct helper *
helpers_add(struct master *m, const struct helper_row *row,
    const struct helper_offer *offer)
{
	struct helper *h = &m->helpers[m->helper_count];

	if (m->helper_count == HELPERS_MAX)
		return NULL;
	m->helper_count++;
	*h = (struct helper){ .row = row,
		.offer = offer,
		.log = -1,
		.start_at = row->start != NULL ? 0 : CLOCK_NEVER,
		.kill_at = CLOCK_NEVER };
	return h;
}

const char *
helpers_name(const struct helper *h)
{
	return h->offer != NULL ? h->offer->name : h->row->name;
}

void
helpers_kill(struct master *m, struct helper *h)
{
	(void)m;
	if (h->pid > 0)
		kill(h->pid, SIGKILL);
}

static void
start(struct master *m, struct helper *h, int64_t now)
{
	h->start_at = CLOCK_NEVER;
	h->kill_at = CLOCK_NEVER;
	h->killed = h->leaving = false;
	h->since_ms = now;
	h->row->start(m, h);
}

static bool
may_start(const struct master *m, const struct helper *h)
{
	return h->pid == 0 && (m->state == MASTER_OPEN || h->row->lasts);
}

int64_t
helpers_due(struct master *m)
{
	int64_t now = clock_ms(), next = CLOCK_NEVER;

	for (size_t i = 0; i < m->helper_count; i++) {
		struct helper *h = &m->helpers[i];

		if (may_start(m, h) && now >= h->start_at)
			start(m, h, now);
		if (h->pid > 0 && now >= h->kill_at) {
			h->kill_at = CLOCK_NEVER;
			h->killed = true;
			helpers_kill(m, h);
		}
		if (may_start(m, h) && h->start_at < next)
			next = h->start_at;
		if (h->pid > 0 && h->kill_at < next)
			next = h->kill_at;
	}
	return next;
}

static struct helper *
find(const struct master *m, pid_t pid)
{
	for (size_t i = 0; i < m->helper_count; i++)
		if (m->helpers[i].pid == pid)
			return (struct helper *)&m->helpers[i];
	return NULL;
}

bool
helpers_know(const struct master *m, pid_t pid)
{
	return find(m, pid) != NULL;
}

bool
helpers_ended(struct master *m, pid_t pid, int status)
{
	struct helper *h = find(m, pid);

	if (h == NULL)
		return false;
	h->pid = 0;
	h->kill_at = CLOCK_NEVER;
	if (h->row->ended != NULL)
		h->row->ended(m, h, status);
	logger_forget(&m->logger, h->log);
	h->log = -1;
	return true;
}

void
helpers_drain(struct master *m)
{
	for (size_t i = 0; i < m->helper_count; i++) {
		struct helper *h = &m->helpers[i];

		if (h->pid > 0 && h->row->drain != NULL)
			h->row->drain(m, h);
	}
}

void
helpers_stop(struct master *m)
{
	helpers_drain(m);
	for (size_t i = 0; i < m->helper_count; i++)
		if (!m->helpers[i].row->lasts)
			helpers_kill(m, &m->helpers[i]);
}

void
helpers_reload(struct master *m)
{
	for (size_t i = 0; i < m->helper_count; i++) {
		struct helper *h = &m->helpers[i];

		if (h->pid > 0 && h->row->reload != NULL)
			h->row->reload(m, h);
	}
}

/* A row that is ready for it: of that name, or any that has no name. */
static struct helper *
row_for(struct master *m, const char *name)
{
	struct helper *free = NULL;

	for (size_t i = 0; i < m->helper_count; i++) {
		struct helper *h = &m->helpers[i];

		if (h->pid != 0)
			continue;
		if (h->row->in_turn && !h->offer->beside &&
		    strncmp(helpers_name(h), name, HELPERS_NAME_MAX - 1) == 0)
			return h;
		if (h->row->start == NULL)
			free = h;
	}
	return free;
}

static bool
is_beside(const struct master *m, const char *name)
{
	const struct server *s = m->plan->server;

	for (size_t i = 0; i < s->helper_count; i++)
		if (s->helpers[i].beside &&
		    strncmp(s->helpers[i].name, name, HELPERS_NAME_MAX - 1) ==
			0)
			return true;
	return false;
}

void
helpers_adopt(struct master *m, const char *name, pid_t pid, int log)
{
	struct helper *h = row_for(m, name);

	if (h == NULL) {
		if (log >= 0)
			close(log);
		return; /* it is killed with the last children, if need be */
	}
	h->pid = pid;
	h->log = log;
	h->leaving = true;
	h->start_at = CLOCK_NEVER;
	h->since_ms = clock_ms();
	h->kill_at = h->since_ms + (is_beside(m, name) ? BESIDE_MS : LEAVE_MS);
}

void
helpers_renew(struct master *m, struct helper *h)
{
	pid_t pid = h->pid;
	int log = h->log;

	if (pid == 0)
		return; /* another one is on its way */
	h->row->drain(m, h);
	h->pid = 0;
	h->log = -1;
	h->start_at = clock_ms();
	helpers_adopt(m, "", pid, log);
}

int
helpers_channel(struct master *m, struct helper *h)
{
	int ends[2];

	if (logger_channel(ends) < 0)
		return -1;
	logger_forget(&m->logger, h->log);
	h->log = ends[0];
	logger_list(&m->logger, h->log, helpers_name(h));
	return ends[1];
}

/*
 * brood_master.c - a master whose children are a brood.
 */
#include "fuzzrig/brood_master.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "fuzzrig/brood.h"
#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/still.h"
#include "sandbox/plan.h"
#include "system/clock.h"

#define HOUR_US   INT64_C(3600000000)
#define EACH      2 /* connections of a source */
#define NAMED_MAX 64

static struct service service = { .name = "words" };
static struct offer offers[] = { { .service = &service } };
static struct server server = { .offers = offers, .offer_count = 1 };
static struct listeners listeners = { .n = 2,
	.at = { { .fd = -1, .type = SOCK_STREAM },
	    { .fd = -1, .type = SOCK_DGRAM } } };
static const struct master_plan plan = { .server = &server,
	.listeners = &listeners };
static struct master m;
static struct addr named[NAMED_MAX]; /* all who were let in */
static size_t named_count;

static void
no_watch(void *context, const struct child *c, int control)
{
	(void)context;
	(void)c;
	(void)control;
}

static void
no_unwatch(void *context, int control)
{
	(void)context;
	(void)control;
}

static uint64_t
tag_of_refusal(uint32_t entry)
{
	return master_tag(TAG_REFUSAL, entry);
}

static void
build(void)
{
	static const struct pool_limits limits = { BROOD_MAX, BROOD_MAX,
		BROOD_MAX };
	static const struct sandbox_plan none;

	quiet_begin();
	still_begin();
	m.plan = &plan;
	m.birth = (struct pool_birth){
		.logger = &m.logger, .watch = no_watch, .unwatch = no_unwatch
	};
	m.epoll = epoll_create1(EPOLL_CLOEXEC);
	server.options.max_children = BROOD_MAX;
	logger_init(&m.logger);
	m.birth.setup.sandbox = &none;
	m.pool = pool_new(&limits, &m.birth);
	m.rest = rest_new(BROOD_MAX);
	m.refusal = refusal_new(m.epoll, tag_of_refusal);
	must(m.pool != NULL && m.rest != NULL && m.refusal != NULL);
	room_open(&m);
}

bool
brood_master_admit(const struct addr *client)
{
	enum refusal_kind why;

	if (named_count == NAMED_MAX || !accept_judge(&m, 0, client, &why))
		return false;
	named[named_count++] = *client;
	return true;
}

void
brood_master_named(const struct addr *client)
{
	if (named_count < NAMED_MAX)
		named[named_count++] = *client;
}

struct master *
brood_master_begin(bool has_worked, bool hear, uint64_t reuse)
{
	static const struct admit_rules rules = { .most = BROOD_MAX,
		.resting = BROOD_MAX,
		.per_source = EACH,
		.loopback_too = true };

	if (m.pool == NULL)
		build();
	m.admit = admit_new(&rules);
	must(m.admit != NULL);
	m.has_worked = has_worked;
	m.birth.hear = hear;
	m.stillborn = 0;
	server.options.reuse = reuse;
	named_count = 0;
	return &m;
}

/* Nothing is counted to it: as many as may come in from there. */
static void
check_free(const struct addr *a)
{
	int in = 0;

	for (int i = 0; i < EACH; i++) {
		enum verdict v = admit_ask(m.admit, a, 0, clock_ms());

		must(v != TOO_MANY_HERE);
		in += v == ADMITTED;
	}
	while (in-- > 0)
		admit_left(m.admit, a, SEEN_FINE, clock_ms());
}

void
brood_master_end(void)
{
	rest_watch_end_all(&m);
	must(pool_busy(m.pool) == 0 && pool_idle(m.pool) == 0);
	must(!pool_lives(m.pool) && rest_count(m.rest) == 0);
	must(!listeners.at[1].lent);
	for (size_t i = 0; i < named_count; i++)
		check_free(&named[i]);
	still_pass(HOUR_US);
	refusal_expire(m.refusal);
	admit_free(m.admit);
}

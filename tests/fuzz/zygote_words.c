/*
 * zygote_words.c - any news of births, as of a zygote that was taken over: what
 * the master makes of them (pool_birth.c).
 *
 * Each step of the input is an order of the master's or a message of the
 * zygote's.  Properties: whoever is in the pool is a child of ours, and there
 * once; a slot that was not ordered, or a process that is known, ends the
 * zygote and nobody else; without it nothing is awaited any more.
 */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/logger.h"
#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "master/pool_inside.h"
#include "sandbox/plan.h"
#include "system/clock.h"
#include "system/fdpass.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define CHILDREN 4
#define ZYGOTE   77   /* its pid */
#define FIRST    1000 /* of children of ours that the pool may hear of */
#define OURS     8
#define ORDER    4  /* smaller: a step is an order */
#define STEP     11 /* bytes of one that is a message */

static struct pool *pool;
static struct logger logger;
static int zygote; /* its end */
static bool killed;

int
kill(pid_t pid, int sig)
{
	must(pid == ZYGOTE && sig == SIGKILL && !killed);
	killed = true;
	return 0;
}

static void
watch(void *context, const struct child *c, int control)
{
	(void)context;
	(void)c;
	(void)control;
}

static void
unwatch(void *context, int control)
{
	(void)context;
	(void)control;
}

static bool
is_ours(void *context, pid_t pid)
{
	(void)context;
	return pid >= FIRST && pid < FIRST + OURS;
}

static void
build(void)
{
	static const struct pool_limits limits = { CHILDREN, CHILDREN,
		CHILDREN };
	static const struct sandbox_plan none;
	static struct pool_birth birth = { .logger = &logger,
		.watch = watch,
		.unwatch = unwatch,
		.is_ours = is_ours };

	quiet_begin();
	logger_init(&logger);
	birth.setup.sandbox = &none;
	pool = pool_new(&limits, &birth);
	must(pool != NULL);
}

static void
begin(void)
{
	int ends[2];

	if (pool == NULL)
		build();
	must(fdpass_pair(ends) == 0);
	pool->zygote.pid = ZYGOTE;
	pool->zygote.control = ends[0];
	zygote = ends[1];
	killed = false;
}

/* An order of so many, which the zygote reads. */
static void
order(size_t most)
{
	struct zygote_order o;
	int fd[2 * ZYGOTE_AT_ONCE];
	size_t n;

	if (pool->zygote.pid == 0 || (n = pool_order(pool, most)) == 0)
		return;
	must(n <= most && n <= ZYGOTE_AT_ONCE);
	must(fdpass_receive_fds(zygote, &o, sizeof(o), fd, 2 * ZYGOTE_AT_ONCE) >
	    0);
	must(o.count == n);
	for (size_t i = 0; i < n; i++) {
		must(o.slot[i] < CHILDREN);
		must(pool->child[o.slot[i]].state == CHILD_COMING);
		close(fd[2 * i]);
		close(fd[2 * i + 1]);
	}
}

/* Who is there is ours, and nobody twice. */
static void
check(void)
{
	size_t there = 0;

	for (size_t i = 0; i < CHILDREN; i++) {
		const struct child *c = &pool->child[i];

		if (c->pid <= 0)
			continue;
		there++;
		must(is_ours(NULL, c->pid));
		must(pool_find(pool, c->pid) == c);
	}
	must(there == pool->idle_count);
	must(pool->coming + there <= CHILDREN);
}

static void
say(const uint8_t *what, size_t n)
{
	if (pool->zygote.pid == 0 ||
	    send(zygote, what, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
	if (!pool_births(pool)) {
		must(killed || n != sizeof(struct zygote_news));
		pool_close_zygote(pool);
		must(pool->coming == 0 && pool->zygote.pid == 0);
	}
	check();
}

static void
finish(void)
{
	pool_close_zygote(pool);
	close(zygote);
	pool_dismiss_idle(pool);
	for (size_t i = 0; i < CHILDREN; i++)
		if (pool->child[i].pid > 0)
			pool_forget(pool, &pool->child[i]);
	must(!pool_lives(pool) && pool->coming == 0);
	pool->retry_at = CLOCK_NEVER;
}

/* Mostly what could be true: a slot, and a process of ours or one near them; or
 * any number in its place; or the bytes as they are. */
static size_t
message(const uint8_t *data, size_t size, uint8_t to[sizeof(int64_t) + 1])
{
	struct zygote_news news = { .slot = data[0] % (CHILDREN + 1) };
	size_t left = size - 1;

	if (data[0] >= 192) {
		memcpy(to, data + 1, left);
		return left;
	}
	if (data[0] >= 128)
		memcpy(&news.pid, data + 1,
		    left < sizeof(news.pid) ? left : sizeof(news.pid));
	else
		news.pid = left > 0 ? FIRST - 2 + data[1] % (OURS + 4) : -11;
	memcpy(to, &news, sizeof(news));
	return sizeof(news);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t words[sizeof(struct zygote_news) + 1];

	begin();
	while (size > 0) {
		unsigned what = data[0] % 16;
		size_t n = what < ORDER ? 1 : size < STEP ? size : STEP;

		if (what < ORDER)
			order(1 + what);
		else if (n > 1)
			say(words, message(data + 1, n - 1, words));
		data += n;
		size -= n;
	}
	finish();
	return 0;
}

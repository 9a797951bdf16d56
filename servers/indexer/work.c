/*
 * work.c - one life of the indexer: from opening the Maildir to being asked to
 * end, or until what was opened is not what is there any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/enclose.h"
#include "indexer/reader.h"
#include "indexer/turn.h"
#include "system/clock.h"
#include "system/log.h"

#define PAIR_MS  10   /* for the other half of a rename */
#define BLIND_MS 2000 /* between scans where nothing can be watched */

static volatile sig_atomic_t asked_to_end;

static void
on_signal(int sig)
{
	(void)sig;
	asked_to_end = 1;
}

/* Wait for ms, or until there is something to read; signals come only here. */
static void
wait_on(int fd, int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	sigset_t none;

	/* It came in a wait before this one: there is nothing to wait for. */
	if (asked_to_end)
		return;
	sigemptyset(&none);
	ppoll(&p, 1, ms == CLOCK_NEVER ? NULL : &t, &none);
}

static void
wait_for(const struct work *k, int64_t ms)
{
	wait_on(k->watch == NULL ? -1 : watch_fd(k->watch), ms);
}

static void
hear(struct work *k)
{
	if (k->watch == NULL)
		return;
	watch_hear(k->watch, turn_event, k);
	if (!news_is_open(&k->news))
		return;
	/* The other half of a rename is on its way, if there is one. */
	wait_for(k, PAIR_MS);
	watch_hear(k->watch, turn_event, k);
}

static struct maildir *
open_maildir(const struct indexer_options *o)
{
	struct maildir *m;
	int fd;

	if (o->fd < 0)
		return maildir_open(o->path);
	fd = fcntl(o->fd, F_DUPFD_CLOEXEC, 0);
	m = fd < 0 ? NULL : maildir_open_at(fd);
	if (fd >= 0 && m == NULL)
		close(fd);
	return m;
}

/* The Maildir at the path, all that belongs to it, and a look at all. */
static int
begin(struct work *k)
{
	const char *path = k->ix.o->path, *why = NULL;

	k->ix.m = open_maildir(k->ix.o);
	if (k->ix.m == NULL)
		return -1;
	k->ix.w = index_writer_open(maildir_root(k->ix.m), &why);
	if (k->ix.w == NULL)
		return -1;
	if (why != NULL)
		log_warn("%s/" INDEX_FILE ": %s; it is made anew", path, why);
	if (!k->ix.o->once) {
		aside_make(k->ix.m, &k->aside);
		k->watch = watch_new(k->ix.m);
		if (k->watch == NULL)
			log_error("%s cannot be watched: %s; it is looked "
				  "through every %d s",
			    path, strerror(errno), BLIND_MS / 1000);
	}
	k->scan = k->sweep = true;
	return 0;
}

static void
end(struct work *k)
{
	int why = errno;

	watch_free(k->watch);
	k->watch = NULL;
	index_writer_close(k->ix.w);
	k->ix.w = NULL;
	maildir_close(k->ix.m);
	k->ix.m = NULL;
	backlog_clear(k->backlog);
	k->news.n = 0;
	errno = why;
}

/* What had happened when they began to wait is in the index. */
static void
release(struct work *k)
{
	if (turn_is_done(k))
		aside_release(k->ix.m, &k->aside);
}

static int64_t
left(int64_t deadline)
{
	int64_t now = clock_ms();

	return deadline == CLOCK_NEVER ? CLOCK_NEVER :
	    deadline > now             ? deadline - now :
					 0;
}

static void
go_on(struct work *k)
{
	int64_t began = clock_ms();

	if (left(k->pause) > 0) {
		wait_on(-1, left(k->pause));
		return;
	}
	hear(k);
	if (k->gone || left(k->pause) > 0)
		return;
	if (turn(k)) {
		release(k);
		wait_for(k, 0); /* for signals */
		return;
	}
	release(k);
	aside_trim(k->ix.m, &k->aside);
	if (k->watch != NULL && !watch_is_partial(k->watch)) {
		wait_for(k, left(k->keep));
	} else {
		wait_for(k, BLIND_MS);
		k->scan = clock_ms() >= began + BLIND_MS;
	}
}

static int
work_once(struct work *k)
{
	while (!asked_to_end && k->failures < 10) {
		if (left(k->pause) > 0)
			wait_on(-1, left(k->pause));
		else if (!turn(k))
			break;
		else
			wait_for(k, 0);
	}
	return k->failures < 10 ? 0 : EXIT_OSERR;
}

static void
listen_to_signals(void)
{
	struct sigaction end_it = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGTERM, &end_it, NULL);
	sigaction(SIGINT, &end_it, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* The Maildir may have gone again before it could be opened. */
static void
begin_or_end(struct work *k)
{
	const struct indexer_options *o = k->ix.o;

	if (begin(k) == 0)
		return;
	if (errno == EWOULDBLOCK)
		die(EXIT_UNAVAILABLE, "%s: another indexer is at work there",
		    o->path);
	if (o->again && (errno == ENOENT || errno == ENOTDIR))
		exit(INDEXER_ANEW);
	die(EXIT_CONFIG, "%s: %s", o->path, strerror(errno));
}

int
indexer_work(const struct indexer_options *o)
{
	static struct work k;
	struct reader_wish wish = { .bare = o->bare };
	int code = 0;

	listen_to_signals();
	k.ix.o = o;
	k.keep = CLOCK_NEVER;
	k.backlog = backlog_new();
	k.ix.reader = reader_new(&wish);
	if (k.backlog == NULL || k.ix.reader == NULL)
		die(EXIT_OSERR, "out of memory");
	begin_or_end(&k);
	if (!o->bare)
		enclose(maildir_root(k.ix.m), o->path);
	if (o->once)
		code = work_once(&k);
	while (!o->once && !asked_to_end && !k.gone)
		go_on(&k);
	if (k.gone)
		code = INDEXER_ANEW;
	end(&k);
	backlog_free(k.backlog);
	reader_free(k.ix.reader);
	return code;
}

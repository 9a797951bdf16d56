/*
 * work.c - in turns: what has just happened, what is still unread, what is to
 * be cleared away.
 *
 * Whatever goes wrong with the index, it is put right and the whole Maildir
 * is looked through again: that finds all that has been missed, and costs
 * little when nothing was.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/aside.h"
#include "indexer/backlog.h"
#include "indexer/indexer.h"
#include "indexer/keep.h"
#include "indexer/news.h"
#include "indexer/reader.h"
#include "indexer/scan.h"
#include "indexer/take.h"
#include "indexer/watch.h"
#include "system/clock.h"
#include "system/log.h"

#define BATCH_MAX  64   /* messages in a transaction */
#define BATCH_MS   50   /* and how long it may go on */
#define CROWD      8    /* pieces of news that are taken one by one */
#define PAIR_MS    10   /* for the other half of a rename */
#define AGAIN_MS   200  /* until a Maildir that is gone is looked for again */
#define BLIND_MS   2000 /* between scans where nothing can be watched */
#define PATIENT_MS 5000 /* the longest pause after failures */

struct work {
	struct indexer ix;
	struct watch *watch;
	struct backlog *backlog;
	struct news news;
	struct aside aside;
	bool scan, keywords; /* look through all; keywords have changed */
	bool doubt;          /* somebody touched the file of the index */
	bool gone;           /* the Maildir is */
	bool sweep;          /* there may be something to clear away */
	bool complete, told; /* all has been looked at; and that was said */
	int failures;        /* one after the other */
	int64_t pause, keep; /* deadlines: until then nothing, the next keep */
};

static volatile sig_atomic_t asked_to_end;

static void
on_signal(int sig)
{
	(void)sig;
	asked_to_end = 1;
}

/* Put the index right after a failure. */
static void
recover(struct work *k, int status)
{
	int64_t pause;

	k->failures++;
	log_warn("%s; %s", index_words(status),
	    status == INDEX_FULL ? "it is tried again later" :
				   "it is made anew from the Maildir");
	if (status == INDEX_FULL)
		index_rollback(k->ix.w);
	else
		status = index_renew(k->ix.w, status);
	if (status == 0 && !k->ix.o->once)
		aside_mend(k->ix.m);
	pause =
	    status < 0 || k->failures > 3 ? k->failures * (int64_t)AGAIN_MS : 0;
	k->pause =
	    clock_ms() + (pause < PATIENT_MS ? pause : (int64_t)PATIENT_MS);
	k->scan = true;
	k->complete = false;
}

static void
check(struct work *k, int status)
{
	if (status < 0)
		recover(k, status);
}

static void
on_event(void *with, const struct watch_event *e)
{
	struct work *k = with;

	switch (e->kind) {
	case WATCH_LOST:
		k->scan = true;
		break;
	case WATCH_GONE:
		k->gone = true;
		break;
	case WATCH_INDEX:
		k->doubt = true;
		break;
	case WATCH_SYNC:
		aside_wait(&k->aside, e->file.name);
		break;
	case WATCH_KEYWORDS:
	case WATCH_FOLDER:
		if (!k->scan && k->ix.w != NULL)
			check(k,
			    scan_folder(&k->ix, k->backlog, e->file.folder,
				e->kind == WATCH_KEYWORDS));
		k->sweep = true;
		break;
	default:
		news_add(&k->news, e);
		break;
	}
	k->scan = k->scan || k->news.lost;
	k->news.lost = false;
}

/* Wait for ms, or until something happens; signals come only here. */
static void
wait_for(struct work *k, int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd p = { .events = POLLIN };
	sigset_t none;

	p.fd = k->watch == NULL ? -1 : watch_fd(k->watch);
	sigemptyset(&none);
	ppoll(&p, 1, ms == CLOCK_NEVER ? NULL : &t, &none);
}

static void
hear(struct work *k)
{
	if (k->watch == NULL)
		return;
	watch_hear(k->watch, on_event, k);
	if (!news_is_open(&k->news))
		return;
	/* The other half of a rename is on its way, if there is one. */
	wait_for(k, PAIR_MS);
	watch_hear(k->watch, on_event, k);
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
	k->gone = k->doubt = k->complete = false;
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

static void
begin_again(struct work *k)
{
	static bool said;

	end(k);
	if (begin(k) == 0) {
		said = false;
		log_info("%s is there again", k->ix.o->path);
		return;
	}
	if (!said)
		log_warn(
		    "%s: %s; waiting for it", k->ix.o->path, strerror(errno));
	said = true;
	end(k);
	k->pause = clock_ms() + AGAIN_MS;
}

/* A few are taken one by one, so that none waits for another. */
static int
take_some_news(struct work *k)
{
	size_t most = k->news.n <= CROWD ? 1 : BATCH_MAX, done = 0;
	int64_t until = clock_ms() + BATCH_MS;
	int status = index_begin(k->ix.w);

	while (status == 0 && done < k->news.n && done < most &&
	    clock_ms() < until)
		status = take_news(&k->ix, &k->news.item[done++]);
	if (status == 0)
		status = index_commit(k->ix.w);
	news_done(&k->news, done);
	k->sweep = true;
	return status;
}

static int
take_some_backlog(struct work *k)
{
	int64_t until = clock_ms() + BATCH_MS;
	struct maildir_file f;
	int status = index_begin(k->ix.w);

	for (int i = 0; i < BATCH_MAX && status == 0 && clock_ms() < until;
	     i++) {
		if (!backlog_next(k->backlog, &f))
			break;
		status = take_file(&k->ix, &f);
	}
	return status == 0 ? index_commit(k->ix.w) : status;
}

/* All has been looked at once. */
static int
complete(struct work *k)
{
	int status = index_begin(k->ix.w);

	if (status == 0)
		status = index_complete(k->ix.w);
	if (status == 0)
		status = index_commit(k->ix.w);
	if (status < 0)
		return status;
	k->complete = true;
	k->failures = 0;
	if (!k->told && k->ix.o->notify >= 0) {
		(void)!write(k->ix.o->notify, "\n", 1);
		close(k->ix.o->notify);
	}
	k->told = true;
	return 0;
}

static int
sweep(struct work *k)
{
	int more = index_begin(k->ix.w), status = more;

	if (status == 0) {
		more = index_sweep(k->ix.w);
		status = more < 0 ? more : index_commit(k->ix.w);
	}
	k->sweep = more == 1;
	if (!k->sweep)
		malloc_trim(0);
	return status;
}

static int
keep_some(struct work *k)
{
	int64_t again;
	int status = keep(&k->ix, &again);

	k->keep = again == CLOCK_NEVER ? CLOCK_NEVER : clock_ms() + again;
	k->sweep = k->sweep || again == 0;
	return status;
}

/* The most urgent thing; false when there is none. */
static bool
turn(struct work *k)
{
	if (k->doubt) {
		k->doubt = false;
		aside_mend(k->ix.m);
		if (!index_is_sound(k->ix.w))
			recover(k, INDEX_BROKEN);
	} else if (k->scan) {
		bool keywords = k->keywords;

		k->scan = k->keywords = false;
		k->news.n = 0;
		check(k, scan_all(&k->ix, k->backlog, keywords));
	} else if (k->news.n > 0) {
		check(k, take_some_news(k));
		k->keep = 0;
	} else if (!backlog_is_empty(k->backlog)) {
		check(k, take_some_backlog(k));
	} else if (!k->complete) {
		check(k, complete(k));
		k->keep = 0;
	} else if (k->keep <= clock_ms()) {
		check(k, keep_some(k));
	} else if (k->sweep) {
		check(k, sweep(k));
	} else {
		return false;
	}
	return true;
}

/* What had happened when they began to wait is in the index. */
static void
release(struct work *k)
{
	if (!k->gone && !k->scan && !k->doubt && k->news.n == 0 &&
	    backlog_is_empty(k->backlog))
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
		wait_for(k, left(k->pause));
		return;
	}
	if (k->gone || k->ix.m == NULL) {
		begin_again(k);
		return;
	}
	hear(k);
	if (k->gone || turn(k)) {
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
			wait_for(k, left(k->pause));
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

int
indexer_work(const struct indexer_options *o)
{
	static struct work k;
	int code = 0;

	listen_to_signals();
	k.ix.o = o;
	k.keep = CLOCK_NEVER;
	k.backlog = backlog_new();
	k.ix.reader = reader_new(NULL);
	if (k.backlog == NULL || k.ix.reader == NULL)
		die(EXIT_OSERR, "out of memory");
	if (begin(&k) < 0) {
		if (errno == EWOULDBLOCK)
			die(EXIT_UNAVAILABLE,
			    "%s: another indexer is at work there", o->path);
		die(EXIT_CONFIG, "%s: %s", o->path, strerror(errno));
	}
	if (o->once)
		code = work_once(&k);
	while (!o->once && !asked_to_end)
		go_on(&k);
	end(&k);
	backlog_free(k.backlog);
	reader_free(k.ix.reader);
	return code;
}

/*
 * turn.c - what has just happened, what is still unread, what is to be cleared
 * away: the most urgent of it.
 *
 * Whatever goes wrong with the index, it is put right and the whole Maildir
 * is looked through again: that finds all that has been missed, and costs
 * little when nothing was.
 */
#include "indexer/turn.h"

#include <malloc.h>
#include <unistd.h>

#include "indexer/keep.h"
#include "indexer/scan.h"
#include "indexer/take.h"
#include "system/clock.h"
#include "system/log.h"

#define BATCH_MAX  64   /* messages in a transaction */
#define BATCH_MS   50   /* and how long it may go on */
#define CROWD      8    /* pieces of news that are taken one by one */
#define SETTLE_MS  100  /* until a file that is gone is missed */
#define AGAIN_MS   200  /* after a failure, and longer after many */
#define PATIENT_MS 5000 /* the longest pause after failures */

/* Put the index right after a failure. */
static void
recover(struct work *k, int status)
{
	int64_t pause;

	k->failures++;
	if (index_is_displaced(k->ix.w)) {
		k->gone = true;
		return;
	}
	log_warn("%s; %s", index_words(status),
	    status == INDEX_FULL ? "it is tried again later" :
				   "it is made anew from the Maildir");
	if (status == INDEX_FULL)
		index_rollback(k->ix.w);
	else
		status = index_renew(k->ix.w, status);
	if (status < 0)
		index_fall_behind(k->ix.w, status);
	else if (!k->ix.o->once)
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
	index_fall_behind(k->ix.w, 0);
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

static void
look_at_index(struct work *k)
{
	k->doubt = false;
	k->gone = index_is_displaced(k->ix.w);
	if (k->gone)
		return;
	aside_mend(k->ix.m);
	if (!index_is_sound(k->ix.w))
		recover(k, INDEX_BROKEN);
}

void
turn_event(void *with, const struct watch_event *e)
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
		/* Who removes the whole Maildir is not to find that something
		 * is there again when it removes the directory. */
		k->doubt = true;
		k->pause = clock_ms() + SETTLE_MS;
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

bool
turn(struct work *k)
{
	if (k->doubt) {
		look_at_index(k);
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

bool
turn_is_done(const struct work *k)
{
	return !k->gone && !k->scan && !k->doubt && k->news.n == 0 &&
	    backlog_is_empty(k->backlog);
}

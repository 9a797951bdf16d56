/*
 * live_feed.c - news of changes for many pages from one watch.
 *
 * Who holds a lock on a file without a name is the one that watches; a lock
 * ends with its process, however it ends.  News are written to a page of
 * shared memory, then the bell is rung: an eventfd that each listens to by an
 * edge-triggered epoll, so nobody need empty it for the others.
 */
#include "httpd/live_feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "system/clock.h"
#include "system/log.h"

#define RING       64
#define GATHER_MS  60   /* changes seldom come alone; ... */
#define GATHER_MAX 10   /* ... what goes on all the time is told in parts */
#define LOOK_MS    2000 /* how soon it is noticed that nobody watches */

static struct shared {
	_Atomic uint64_t count; /* of changes told so far */
	struct {
		_Atomic int change;
		_Atomic int64_t at_ms; /* who knows it knows until then */
	} told[RING];
	_Atomic int64_t looked_ms; /* all from before it has been told */
} * shared;
static int lock_fd = -1, bell = -1;

/* This process. */
static unsigned listeners;
static struct live_watch *watch; /* it is the one that watches */
static int gathering;            /* how often more was heard; 0: nothing */
static int64_t gather_until;     /* clock_ms() */
static int64_t heard_ms;         /* clock_file_ms() */

struct live_listener {
	int epoll;
	uint64_t heard;   /* of shared->count */
	int64_t since_ms; /* what was heard before is no news */
};

void
live_feed_prepare(void)
{
	if (shared != NULL)
		return;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	lock_fd = memfd_create("berth-live", MFD_CLOEXEC);
	bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (shared == MAP_FAILED || lock_fd < 0 || bell < 0)
		die(EXIT_OSERR, "--live: %s", strerror(errno));
}

static void
ring(void)
{
	uint64_t n = 1;

	/* Full is as if it had not been rung: empty it and ring again. */
	if (write(bell, &n, sizeof(n)) < 0 && errno == EAGAIN &&
	    read(bell, &n, sizeof(n)) > 0) {
		n = 1;
		(void)!write(bell, &n, sizeof(n));
	}
}

/*
 * Each time told is a later one, and later than what was heard: else who began
 * to listen in the same tick of the clock would take it for known.  What is far
 * ahead was written by no honest process.
 */
static void
publish(enum live_change change, int64_t heard)
{
	uint64_t n = atomic_load(&shared->count);
	int64_t last = atomic_load(&shared->told[(n - 1) % RING].at_ms);

	if (change == LIVE_NOTHING)
		return;
	atomic_store(&shared->told[n % RING].change, (int)change);
	if (last > heard && last - heard < GATHER_MS)
		heard = last;
	atomic_store(&shared->told[n % RING].at_ms, heard + 1);
	atomic_store(&shared->count, n + 1);
	ring();
}

static bool
lock(short type)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(lock_fd, F_SETLK, &l) == 0;
}

/*
 * Watch for all, if nobody does.  What changed while nobody did is told, too.
 * Returns false only if nobody watches and we cannot.
 */
static bool
lead(void)
{
	int64_t looked = atomic_load(&shared->looked_ms), now_ms;
	enum live_change missed;
	int error;

	if (watch != NULL)
		return true;
	/* Another process has it; anything else is a fault of ours. */
	if (!lock(F_WRLCK))
		return errno == EACCES || errno == EAGAIN;
	now_ms = clock_file_ms();
	watch = live_watch_new(looked, &missed);
	if (watch == NULL) {
		error = errno;
		lock(F_UNLCK);
		errno = error;
		return false;
	}
	gathering = 0;
	publish(missed, clock_file_ms());
	atomic_store(&shared->looked_ms, now_ms);
	return true;
}

static void
lead_no_more(void)
{
	if (watch == NULL)
		return;
	/* To who takes over a name that editors use would be like any. */
	if (live_hear(watch) || gathering > 0)
		publish(live_heard(watch), clock_file_ms());
	live_watch_free(watch);
	watch = NULL;
	lock(F_UNLCK);
	ring(); /* whoever is left takes over */
}

/*
 * Hear what the watch says, and tell it when it has been silent for a bit.
 * Until then it counts as not looked at: whoever dies meanwhile takes nothing
 * along.
 */
static void
look(void)
{
	int64_t now = clock_ms(), now_ms = clock_file_ms();

	if (live_hear(watch)) {
		heard_ms = clock_file_ms();
		if (gathering++ < GATHER_MAX)
			gather_until = now + GATHER_MS;
	}
	if (gathering > 0 && now < gather_until)
		return;
	if (gathering > 0)
		publish(live_heard(watch), heard_ms);
	gathering = 0;
	atomic_store(&shared->looked_ms, now_ms);
}

/* The watch wakes each listener of this process: the first will hear it. */
static void
attend(struct live_listener *l)
{
	struct epoll_event e = { .events = EPOLLIN };

	if (watch != NULL)
		epoll_ctl(l->epoll, EPOLL_CTL_ADD, live_watch_fd(watch), &e);
}

struct live_listener *
live_listen(int64_t since_ms, enum live_change *missed, int64_t *at_ms)
{
	struct epoll_event edge = { .events = EPOLLIN | EPOLLET };
	struct live_listener *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, bell, &edge) < 0 || !lead()) {
		int error = errno;

		if (l->epoll >= 0)
			close(l->epoll);
		free(l);
		errno = error;
		return NULL;
	}
	listeners++;
	attend(l);
	l->heard = atomic_load(&shared->count);
	l->since_ms = *at_ms = clock_file_ms();
	*missed = since_ms > 0 ? live_changed_since(since_ms) : LIVE_NOTHING;
	return l;
}

void
live_listen_no_more(struct live_listener *l)
{
	if (l == NULL)
		return;
	close(l->epoll);
	free(l);
	if (--listeners == 0)
		lead_no_more();
}

static enum live_change
collect(struct live_listener *l, int64_t *at_ms)
{
	uint64_t count = atomic_load(&shared->count);
	enum live_change all = LIVE_NOTHING;

	if (count - l->heard > RING)
		all = LIVE_PAGE;
	*at_ms = atomic_load(&shared->told[(count - 1) % RING].at_ms);
	for (; l->heard != count && all != LIVE_PAGE; l->heard++) {
		size_t i = l->heard % RING;

		if (atomic_load(&shared->told[i].at_ms) <= l->since_ms)
			continue;
		all = atomic_load(&shared->told[i].change) == LIVE_STYLE ?
		    LIVE_STYLE :
		    LIVE_PAGE;
	}
	l->heard = count;
	return all;
}

enum live_change
live_news(struct live_listener *l, int64_t *at_ms)
{
	struct epoll_event e[4];

	epoll_wait(l->epoll, e, 4, 0);
	if (watch == NULL) {
		if (!lead())
			log_warn("--live: inotify: %s", strerror(errno));
		attend(l);
	}
	if (watch != NULL)
		look();
	return collect(l, at_ms);
}

int
live_listener_fd(const struct live_listener *l)
{
	/* While it gathers, what comes can wait. */
	return watch != NULL && gathering > GATHER_MAX ? -1 : l->epoll;
}

int64_t
live_listener_ms(const struct live_listener *l)
{
	(void)l;
	return watch != NULL && gathering > 0 ? clock_left_ms(gather_until) :
						LOOK_MS;
}

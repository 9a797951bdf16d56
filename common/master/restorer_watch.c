/*
 * restorer_watch.c - the master and its restorer (child/restorer.h): children
 * that have served and are pristine again.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "master/master_inside.h"
#include "sandbox/restored.h"
#include "system/clock.h"
#include "system/log.h"

#define PAUSE_MS 1000 /* after a restorer that ended by itself */

static bool
start(struct master *m, struct helper *h)
{
	struct epoll_event ev = { .events = EPOLLIN,
		.data.u64 = master_tag(TAG_RESTORER, 0) };
	int channel = helpers_channel(m, h), done;

	if (channel < 0)
		return false;
	done = restorer_start(&m->restorer, &m->birth.setup, channel);
	close(channel);
	if (done < 0)
		return false;
	h->pid = m->restorer.pid;
	m->birth.setup.restorer = m->restorer.introduction;
	if (epoll_ctl(m->epoll, EPOLL_CTL_ADD, m->restorer.control, &ev) < 0)
		restorer_watch_close(m, h);
	else
		m->helpers[HELPER_ZYGOTE].start_at = 0; /* at once */
	return true;
}

/*
 * Nobody will say any more which of them are idle.  Who is learns now that
 * there is nothing to wait for; who serves ends by itself after that.
 */
static void
hang_up_busy(struct master *m)
{
	for (size_t i = 0; i < pool_size(m->pool); i++)
		if (pool_child(m->pool, i)->state == CHILD_BUSY)
			pool_hang_up(m->pool, pool_child(m->pool, i));
}

void
restorer_watch_open(struct master *m, struct helper *h)
{
	if (!sandbox_restores(m->plan->setup.sandbox) || start(m, h))
		return;
	log_error("no restorer: %s", strerror(errno));
	h->start_at = clock_ms() + PAUSE_MS;
}

void
restorer_watch_close(struct master *m, struct helper *h)
{
	(void)h;
	m->birth.setup.restorer = -1;
	if (m->restorer.control < 0 || m->restorer.pid == 0)
		return;
	epoll_ctl(m->epoll, EPOLL_CTL_DEL, m->restorer.control, NULL);
	restorer_close(&m->restorer);
	/* The next one has other memory for them, and another ear. */
	if (m->state == MASTER_OPEN)
		helpers_renew(m, &m->helpers[HELPER_ZYGOTE]);
	hang_up_busy(m);
}

/*
 * Of a child that is dying, or that was given up, it may still be said that it
 * is idle; and of one that was handed its first client before it was ready for
 * it, that it was.
 */
static void
is_idle(struct master *m, struct child *c, uint64_t served)
{
	char word;
	ssize_t got;

	if (c->state != CHILD_BUSY || c->ended != END_OWN ||
	    c->served != served || c->control < 0)
		return;
	/* It speaks by its calls alone; what it has asked before (WORD_CLIENT)
	 * it has waited for. */
	got = recv(c->control, &word, 1, MSG_DONTWAIT | MSG_PEEK);
	if (got > 0) {
		log_error("child %d has said something (%#x) and did not wait: "
			  "it is killed",
		    (int)c->pid, (unsigned)(unsigned char)word);
		pool_end(c, END_LIED);
	} else if (got == 0) {
		pool_let_go(m->pool, c); /* its death follows */
	} else {
		reap_rested(m, c);
	}
}

/* Returns false for a word that no restorer says. */
static bool
obey(struct master *m, const struct restorer_news *news)
{
	struct child *c = pool_find(m->pool, news->pid);

	if (news->word != RESTORER_IDLE && news->word != RESTORER_STRAY)
		return false;
	if (c == NULL)
		return true;
	if (news->word == RESTORER_IDLE) {
		is_idle(m, c, news->served);
	} else {
		pool_end(c, END_LIED);
		/* Whoever says it of one that waits: no client is handed to it. */
		pool_hang_up(m->pool, c);
	}
	return true;
}

static bool
obey_all(struct master *m, const struct restorer_news *news, int count)
{
	for (int i = 0; i < count; i++)
		if (!obey(m, &news[i])) {
			log_error("the restorer says %#x, which it never does: "
				  "it is killed",
			    news[i].word);
			kill(m->restorer.pid, SIGKILL);
			return false;
		}
	return true;
}

void
restorer_watch_hear(struct master *m)
{
	struct restorer_news news[RESTORER_NEWS];
	int got = 0;

	while (m->restorer.pid > 0 &&
	    (got = restorer_hear(&m->restorer, news)) > 0)
		if (!obey_all(m, news, got)) {
			got = -1;
			break;
		}
	if (got < 0)
		restorer_watch_close(m, NULL); /* it is reaped soon */
	m->birth_since = CLOCK_NEVER;
}

void
restorer_watch_ended(struct master *m, struct helper *h, int status)
{
	restorer_watch_hear(m);
	restorer_watch_close(m, h);
	if (m->state != MASTER_OPEN)
		return;
	log_error("the restorer ended (%s %d); until the next one children "
		  "serve one client each",
	    WIFSIGNALED(status) ? "signal" : "code",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	h->start_at = clock_ms() + PAUSE_MS;
}

/*
 * restorer_words.c - any news of children that are put back, as of a restorer
 * that was taken over: what the master makes of them (restorer_watch.c).
 *
 * Each step of the input is what the master does, a child, or the restorer.
 * Properties: a child is idle by its word exactly when it serves the client
 * that the word is of, by the master's count, and has said nothing else; nobody
 * but the child that is named is touched; a word that there is not ends the
 * restorer, and then no child that serves is ever used again; at the end
 * nothing is counted to any client, lent, or in the pool.
 */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzzrig/brood_hand.h"
#include "fuzzrig/brood_master.h"
#include "fuzzrig/brood_truth.h"
#include "fuzzrig/input.h"
#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "master/master_inside.h"
#include "system/fdpass.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct master *m;
static struct brood *restorer;
static int its_end;
static bool spoke[BROOD_MAX], hung_up[BROOD_MAX];

static void
begin(unsigned how)
{
	int ends[2];

	m = brood_master_begin((how & 1) != 0, true, 1);
	must(fdpass_pair(ends) == 0);
	restorer = brood_helper();
	m->restorer = (struct restorer){
		.pid = restorer->pid, .control = ends[0], .introduction = -1
	};
	its_end = ends[1];
	memset(spoke, 0, sizeof(spoke));
	memset(hung_up, 0, sizeof(hung_up));
}

/* ---- what the restorer says ---- */

/* What the master knew before a word; and whom it may touch. */
struct before {
	enum child_state state[BROOD_MAX];
	bool killed[BROOD_MAX];
};

static struct before
look(void)
{
	struct before b;

	for (unsigned i = 0; i < BROOD_MAX; i++) {
		const struct brood *s = brood_at(i);
		const struct child *c =
		    s->pid == 0 ? NULL : pool_find(m->pool, s->pid);

		b.state[i] = c == NULL ? CHILD_NONE : c->state;
		b.killed[i] = s->killed;
	}
	return b;
}

static void
check_others(const struct before *then, const struct brood *named)
{
	struct before now = look();

	for (unsigned i = 0; i < BROOD_MAX; i++)
		if (brood_at(i) != named) {
			must(now.state[i] == then->state[i]);
			must(now.killed[i] == then->killed[i]);
		}
}

/* It is killed; who serves now serves nobody else. */
static void
check_gone(void)
{
	must(m->restorer.pid == 0 && m->restorer.control < 0);
	for (unsigned i = 0; i < BROOD_MAX; i++) {
		const struct child *c = brood_at(i)->pid == 0 ?
		    NULL :
		    pool_find(m->pool, brood_at(i)->pid);

		must(c == NULL || c->state != CHILD_BUSY || c->control < 0);
	}
}

static void
check_idle(unsigned i, const struct before *then, bool true_word)
{
	struct brood *s = brood_at(i);
	const struct child *c = pool_find(m->pool, s->pid);
	bool open = true_word && !hung_up[i], told = open && spoke[i];

	must(s->killed == (then->killed[i] || told));
	if (open && !told) {
		must(c->state == CHILD_IDLE && c->client.len == 0);
		s->busy = s->owes = false;
	} else {
		must(
		    (c->state == CHILD_IDLE) == (then->state[i] == CHILD_IDLE));
	}
}

/* Is it what a restorer can say of this child, as we know it? */
static bool
is_true(const struct restorer_news *news, const struct brood *s)
{
	const struct child *c = pool_find(m->pool, s->pid);

	return s->busy && !s->killed && c->control >= 0 &&
	    c->state == CHILD_BUSY && news->served == s->handed;
}

static void
tell(const struct restorer_news *news, size_t n)
{
	struct before then = look();
	struct brood *s = n == sizeof(*news) ? brood_of(news->pid) : NULL;
	bool said = news->word == RESTORER_IDLE || news->word == RESTORER_STRAY,
	     true_word, told = restorer->killed;

	if (m->restorer.pid == 0)
		return;
	if (news->pid <= 0)
		s = NULL;
	true_word = s != NULL && is_true(news, s);
	if (send(its_end, news, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
	restorer_watch_hear(m);
	if (n != sizeof(*news) || !said) {
		must(restorer->killed == (told || n == sizeof(*news)));
		check_gone();
		return;
	}
	must(!restorer->killed);
	check_others(&then, s);
	if (s != NULL && news->word == RESTORER_IDLE)
		for (unsigned i = 0; i < BROOD_MAX; i++)
			if (brood_at(i) == s)
				check_idle(i, &then, true_word);
	must(s == NULL || news->word == RESTORER_IDLE || s->killed);
}

/* Mostly what could be true. */
static void
say(struct input *in, unsigned whom)
{
	union {
		struct restorer_news news;
		uint8_t byte[sizeof(struct restorer_news) + 1];
	} w = { .byte = { 0 } };
	const struct brood *s = brood_at(whom % BROOD_MAX);
	unsigned how = input_next(in);

	w.news = (struct restorer_news){
		.pid = s->pid, .word = RESTORER_IDLE, .served = s->handed
	};
	if ((how & 7) == 1)
		w.news.served += input_next(in) - 128U;
	if ((how & 7) == 2)
		w.news.word = input_next(in);
	if ((how & 7) == 3)
		w.news.pid += (int8_t)input_next(in);
	if ((how & 7) == 4)
		for (size_t i = 0; i < sizeof(w.byte); i++)
			w.byte[i] = (uint8_t)input_next(in);
	tell(&w.news,
	    (how & 7) == 5 ? input_next(in) % (sizeof(w.byte) + 1) :
			     sizeof(w.news));
}

/* ---- what children do ---- */

/* The master has not looked yet. */
static void
speak(unsigned i, unsigned word)
{
	char c = (char)word;

	if (!hung_up[i] &&
	    send(brood_at(i)->end, &c, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
		spoke[i] = true;
}

static void
hang_up(unsigned i)
{
	if (!spoke[i])
		hung_up[i] = shutdown(brood_at(i)->end, SHUT_RDWR) == 0;
}

static void
end(unsigned i, int status)
{
	brood_ends(brood_at(i), status);
	reap_all(m);
	spoke[i] = hung_up[i] = false;
}

static void
step(struct input *in)
{
	static const unsigned kinds[] = { BROOD_STREAM, BROOD_PROXIED,
		BROOD_KEPT };
	unsigned what = input_next(in), whom = (what >> 4) % BROOD_MAX;

	what %= 16;
	if (what < 3)
		brood_hand(m, kinds[what], whom);
	else if (what == 3)
		pool_refill(m->pool);
	else if (what < 12)
		say(in, whom);
	else if (brood_at(whom)->pid == 0)
		return;
	else if (what == 12)
		speak(whom, input_next(in));
	else if (what == 13)
		hang_up(whom);
	else
		end(whom, what == 14 ? (int)input_next(in) << 8 : SIGKILL);
}

/* ---- from the beginning to the end ---- */

/* Too many could not begin: the server was given up (child_words.c). */
static void
live(struct input *in)
{
	jmp_buf death;

	if (setjmp(death) == 0) {
		quiet_death = &death;
		while (in->n > 0)
			step(in);
	} else {
		m->has_worked = true;
		brood_ends_again();
		reap_all(m);
	}
	quiet_death = NULL;
}

static void
finish(void)
{
	m->has_worked = true;
	for (unsigned i = 0; i < BROOD_MAX; i++)
		if (brood_at(i)->pid != 0)
			end(i, SIGKILL);
	restorer_watch_close(m, NULL);
	must(m->restorer.pid == 0 && m->birth.setup.restorer == -1);
	close(its_end);
	brood_master_end();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	begin(input_next(&in));
	live(&in);
	finish();
	return 0;
}

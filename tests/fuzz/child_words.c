/*
 * child_words.c - any words and exit codes, in any order, as those of children
 * that were taken over: what the master makes of them (reap.c, permit.c).
 *
 * The pool, the sources and the connections that rest are the master's own;
 * processes, kill(2) and waitpid(2) are not.  Each step of the input is what
 * the master does (hand a connection, a datagram, one of a proxy's) or what a
 * child does.  Properties: a word is believed exactly when a child of ours
 * could say it, once for what it was handed, by the master's own count; who
 * says another is killed; an exit code likewise, and else it is a crash; the
 * server is given up only by children that met nobody; at the end nothing is
 * counted to any client, lent, or in the pool.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzzrig/brood_hand.h"
#include "fuzzrig/brood_master.h"
#include "fuzzrig/brood_truth.h"
#include "fuzzrig/input.h"
#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/still.h"
#include "master/master_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define STILLBORN 8  /* in a row, before any has worked: it gives up */
#define SPOKEN    40 /* bytes of a word that the input says */

static struct master *m;
static unsigned stillborn; /* in a row */

/* ---- what a child does ---- */

static void
hear_verdict(const struct brood *s, const struct child *c,
    const struct child_client *said)
{
	char verdict = 0;

	must(recv(s->end, &verdict, 1, MSG_DONTWAIT) == 1);
	must(verdict == VERDICT_COME_IN || verdict == VERDICT_REFUSED);
	must((verdict == VERDICT_COME_IN) == (c->client.len > 0));
	if (verdict == VERDICT_COME_IN)
		brood_master_named(&said->client);
}

static void
say(struct brood *s, const struct child_client *said, size_t n)
{
	struct child *c = pool_find(m->pool, s->pid);
	size_t index = pool_index(m->pool, c);
	bool fine = brood_may_say(s, said, n, m->plan->server->options.reuse),
	     was_killed = s->killed;

	if (c->control < 0 ||
	    send(s->end, said, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
	reap_word(m, index);
	if (n == 0) {
		must(c->control < 0 && s->killed == was_killed);
		return;
	}
	must(s->killed == (was_killed || !fine));
	must(fine || (c->ended == END_LIED && c->control < 0));
	if (!fine)
		return;
	must(!c->reading && !c->unnamed);
	if (said->word == WORD_IDLE)
		must(c->state == CHILD_IDLE && c->client.len == 0);
	if (said->word == WORD_TAKEN)
		must(!m->plan->listeners->at[1].lent);
	if (said->word == WORD_CLIENT)
		hear_verdict(s, c, said);
	s->owes = false;
	s->busy = said->word != WORD_IDLE;
}

static bool
is_fault(int sig)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE,
		SIGSYS, SIGTRAP, SIGXCPU };

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (sig == faults[i])
			return true;
	return false;
}

/* Who has lied has crashed, however it ends. */
static void
end(struct brood *s, int status)
{
	const struct scoreboard_head *b = pool_scoreboard(m->pool);
	bool crash = s->killed ||
	    (WIFEXITED(status) ? !brood_may_end(s, WEXITSTATUS(status)) :
				 is_fault(WTERMSIG(status)));
	uint64_t before = b->crashed;
	pid_t pid = s->pid;

	stillborn =
	    status == CHILD_NOT_BORN << 8 && s->handed == 0 ? stillborn + 1 : 0;
	brood_ends(s, status);
	reap_all(m);
	must(b->crashed == before + crash);
	must(pool_find(m->pool, pid) == NULL);
}

/* It has closed its control socket. */
static void
hang_up(struct brood *s)
{
	struct child *c = pool_find(m->pool, s->pid);

	if (c->control < 0)
		return;
	shutdown(s->end, SHUT_RDWR);
	reap_word(m, pool_index(m->pool, c));
	must(c->control < 0);
}

/* ---- steps ---- */

static void
speak(struct input *in, struct brood *s)
{
	union {
		struct child_client words;
		uint8_t byte[sizeof(struct child_client) + 1];
	} said = { .byte = { 0 } };
	size_t n = input_next(in);

	n = n < 16 ? n : n < 200 ? sizeof(said.words) : sizeof(said.byte);
	for (size_t i = 0; i < n && i < SPOKEN; i++)
		said.byte[i] = (uint8_t)input_next(in);
	say(s, &said.words, n);
}

static void
step(struct input *in)
{
	unsigned what = input_next(in), whom = what >> 4;
	struct brood *s = brood_at(whom % BROOD_MAX);

	what %= 16;
	if (what < 4)
		brood_hand(m, what % BROOD_KINDS, whom);
	else if (what == 4)
		pool_refill(m->pool);
	else if (what == 5)
		still_pass((int64_t)input_next(in) * 1000);
	else if (s->pid == 0)
		return;
	else if (what < 12)
		speak(in, s);
	else if (what == 12)
		hang_up(s);
	else if (what == 13)
		end(s, (int)(input_next(in) % 32) + 1);
	else
		end(s, (int)input_next(in) << 8);
}

/* The server was given up: only by children that met nobody, many in a row. */
static void
live(struct input *in)
{
	jmp_buf death;

	if (setjmp(death) == 0) {
		quiet_death = &death;
		while (in->n > 0)
			step(in);
	} else {
		must(!m->has_worked && stillborn >= STILLBORN);
		m->has_worked = true;
		brood_ends_again();
		reap_all(m);
	}
	quiet_death = NULL;
}

/* All end; then nobody is counted, nothing lent, nobody kept. */
static void
finish(void)
{
	m->has_worked = true;
	for (unsigned i = 0; i < BROOD_MAX; i++)
		if (brood_at(i)->pid != 0)
			end(brood_at(i), SIGKILL);
	brood_master_end();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned how = input_next(&in);

	m = brood_master_begin(
	    (how & 1) != 0, (how & 2) != 0, (how & 2) != 0 ? how >> 4 & 3 : 1);
	stillborn = 0;
	live(&in);
	finish();
	return 0;
}

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

#include "fuzzrig/brood_master.h"
#include "fuzzrig/brood_truth.h"
#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/still.h"
#include "master/master_inside.h"
#include "system/clock.h"
#include "system/fdpass.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define STILLBORN 8  /* in a row, before any has worked: it gives up */
#define SPOKEN    40 /* bytes of a word that the input says */

static struct master *m;
static unsigned stillborn; /* in a row */

/* ---- what the master does ---- */

static struct addr
peer(unsigned i)
{
	struct addr a = { .len = sizeof(a.in),
		.in = { .sin_family = AF_INET, .sin_addr = { 1 + i % 2 } } };

	return a;
}

/* The child reads it, as it would; the descriptors are of no use here. */
static void
receive(const struct brood *s)
{
	struct hand_over got;
	int fds[HAND_OVER_FDS];

	must(fdpass_receive_fds(
		 s->end, &got, sizeof(got), fds, HAND_OVER_FDS) == 1);
	close(fds[0]);
}

/* It had hung up; its client, who would get another child, goes. */
static void
was_gone(struct brood *s, struct child *c, bool judged)
{
	if (judged)
		admit_left(m->admit, &c->peer, SEEN_FINE, clock_ms());
	c->peer = c->client = (struct addr){ 0 };
	s->kind = BROOD_STREAM;
	s->owes = false;
}

static void
hand(unsigned kind, unsigned from)
{
	int fds[HAND_OVER_FDS] = { m->epoll };
	struct hand_over with = { .type = kind == BROOD_DATAGRAM ? SOCK_DGRAM :
								   SOCK_STREAM,
		.proxied = kind == BROOD_PROXIED };
	size_t listener = kind == BROOD_DATAGRAM;
	bool judged = kind == BROOD_STREAM || kind == BROOD_KEPT;
	struct child *c;
	struct brood *s;

	if (m->plan->listeners->at[listener].lent)
		return;
	if (kind != BROOD_DATAGRAM)
		with.peer = peer(from);
	if (judged && !brood_master_admit(&with.peer))
		return;
	c = pool_take(m->pool, 0);
	if (c == NULL) {
		if (judged)
			admit_left(m->admit, &with.peer, SEEN_FINE, clock_ms());
		return;
	}
	c->listener = listener;
	s = brood_of(c->pid);
	must(s != NULL && !s->busy);
	s->handed++;
	s->busy = true;
	if (pool_hand(m->pool, c, &with, fds, 1000) < 0) {
		was_gone(s, c, judged);
		return;
	}
	must(!s->killed);
	receive(s);
	s->kind = kind;
	s->owes = kind == BROOD_DATAGRAM || kind == BROOD_PROXIED;
	if (kind == BROOD_DATAGRAM)
		accept_lend(m, listener);
	if (kind == BROOD_KEPT)
		c->conn = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

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

struct input {
	const uint8_t *p;
	size_t n;
};

static unsigned
next(struct input *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

static void
speak(struct input *in, struct brood *s)
{
	union {
		struct child_client words;
		uint8_t byte[sizeof(struct child_client) + 1];
	} said = { .byte = { 0 } };
	size_t n = next(in);

	n = n < 16 ? n : n < 200 ? sizeof(said.words) : sizeof(said.byte);
	for (size_t i = 0; i < n && i < SPOKEN; i++)
		said.byte[i] = (uint8_t)next(in);
	say(s, &said.words, n);
}

static void
step(struct input *in)
{
	unsigned what = next(in), whom = what >> 4;
	struct brood *s = brood_at(whom % BROOD_MAX);

	what %= 16;
	if (what < 4)
		hand(what % BROOD_KINDS, whom);
	else if (what == 4)
		pool_refill(m->pool);
	else if (what == 5)
		still_pass((int64_t)next(in) * 1000);
	else if (s->pid == 0)
		return;
	else if (what < 12)
		speak(in, s);
	else if (what == 12)
		hang_up(s);
	else if (what == 13)
		end(s, (int)(next(in) % 32) + 1);
	else
		end(s, (int)next(in) << 8);
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
	unsigned how = next(&in);

	m = brood_master_begin(
	    (how & 1) != 0, (how & 2) != 0, (how & 2) != 0 ? how >> 4 & 3 : 1);
	stillborn = 0;
	live(&in);
	finish();
	return 0;
}

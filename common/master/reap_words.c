/*
 * reap_words.c - what a child says while it lives.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

#include "master/master_inside.h"
#include "master/permit.h"
#include "system/clock.h"
#include "system/log.h"

/* It is ready for another client, it says, or the restorer does. */
void
reap_rested(struct master *m, struct child *c)
{
	m->has_worked = true;
	reap_count(m, c, ENDED_FINE);
	pool_end_conn(c);
	if (c->client.len > 0)
		admit_left(m->admit, &c->client, SEEN_FINE, clock_ms());
	c->peer = c->client = (struct addr){ 0 };
	if (m->state != MASTER_OPEN || c->told)
		pool_let_go(m->pool, c);
	else
		pool_give_back(m->pool, c);
	if (m->state == MASTER_OPEN)
		accept_room(m);
}

/* It has its datagram, it says.  One life, one connection: then there is
 * nothing left to hear from it. */
static void
has_taken(struct master *m, struct child *c)
{
	c->reading = false;
	if (!m->birth.hear)
		pool_hang_up(m->pool, c);
	accept_returned(m, c->listener);
}

/*
 * A proxy says whose connection it has, it says.  The proxy is trusted with
 * that; a child that was taken over can at worst be counted to somebody else.
 */
static void
names_client(struct master *m, struct child *c, const struct addr *client)
{
	char verdict = VERDICT_COME_IN;
	enum refusal_kind why;

	c->unnamed = false;
	if (accept_judge(m, c->service, client, &why)) {
		c->client = *client;
	} else {
		overload_refused(m, client, why);
		verdict = VERDICT_REFUSED;
	}
	/* One that does not listen has not asked. */
	if (send(c->control, &verdict, 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("child %d: %s", (int)c->pid, strerror(errno));
	if (!m->birth.hear)
		pool_hang_up(m->pool, c);
}

/* Of a kind that a proxy can name? */
static bool
is_client(const struct addr *a)
{
	return (a->sa.sa_family == AF_INET && a->len == sizeof(a->in)) ||
	    (a->sa.sa_family == AF_INET6 && a->len == sizeof(a->in6)) ||
	    (a->sa.sa_family == AF_UNIX &&
		a->len == offsetof(struct sockaddr_un, sun_path));
}

static void
has_lied(struct master *m, struct child *c, ssize_t got, char word)
{
	log_error("child %d says %zd bytes (%#x) %s, which no child does: it "
		  "is killed",
	    (int)c->pid, got, (unsigned)(unsigned char)word,
	    permit_stage_word(permit_stage(c)));
	pool_end(c, END_LIED);
	pool_hang_up(m->pool, c);
}

void
reap_word(struct master *m, size_t index)
{
	struct child *c = pool_child(m->pool, index);
	struct child_client said = { 0 };
	/* Its truncated length tells a message that is longer. */
	ssize_t got, size;
	char word;

	if (c->control < 0)
		return;
	got = recv(c->control, &said, sizeof(said), MSG_DONTWAIT | MSG_TRUNC);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	word = said.word;
	size = word == WORD_CLIENT ? (ssize_t)sizeof(said) : 1;
	if (got <= 0)
		pool_let_go(m->pool, c); /* its death follows */
	else if (got != size ||
	    !permit_word(c, word, m->plan->server->options.reuse) ||
	    (word == WORD_CLIENT && !is_client(&said.client)))
		has_lied(m, c, got, word);
	else if (word == WORD_CLIENT)
		names_client(m, c, &said.client);
	else if (word == WORD_TAKEN)
		has_taken(m, c);
	else
		reap_rested(m, c);
}

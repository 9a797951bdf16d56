/*
 * refusal_tally.c - which refusals are told, and when.
 */
#include "master/refusal_tally.h"

#include "system/clock.h"

bool
refusal_tally_add(struct refusal_tally *t, enum refusal_kind kind,
    const struct addr *peer, int64_t now)
{
	struct refusal_count *c = &t->of[kind];

	if (now < c->until || c->more > 0) {
		c->more++;
		c->last = *peer;
		return false;
	}
	c->until = now + REFUSAL_TALLY_MS;
	return true;
}

bool
refusal_tally_due(struct refusal_tally *t, enum refusal_kind kind, int64_t now,
    struct refusal_count *said)
{
	struct refusal_count *c = &t->of[kind];

	if (c->more == 0 || now < c->until)
		return false;
	*said = *c;
	c->more = 0;
	c->until = now + REFUSAL_TALLY_MS;
	return true;
}

int64_t
refusal_tally_next(const struct refusal_tally *t)
{
	int64_t next = CLOCK_NEVER;

	for (int i = 0; i < REFUSED_KINDS; i++)
		if (t->of[i].more > 0 && t->of[i].until < next)
			next = t->of[i].until;
	return next;
}

const char *
refusal_tally_word(enum refusal_kind kind)
{
	static const char *const words[] = {
		[REFUSED_PER_CLIENT] = "too many connections from one address "
				       "(--per-client)",
		[REFUSED_PENALISED] = "connections from there have crashed "
				      "processes or broken rules of late",
		[REFUSED_BY_LOT] = "few processes are free, so lots are "
				   "drawn (--max-children)",
		[REFUSED_FULL] = "no process is free for it (--max-children)",
		[REFUSED_NO_PROCESS] = "no process could be made for it",
	};

	return words[kind];
}

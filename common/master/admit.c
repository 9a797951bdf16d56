/*
 * admit.c - may this client come in?
 */
#include "master/admit.h"

#include <stdlib.h>

#include "master/sources.h"

struct admit {
	struct admit_rules rules;
	struct sources *sources;
	uint64_t lots; /* state of the generator */
};

struct admit *
admit_new(const struct admit_rules *rules)
{
	struct admit *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->rules = *rules;
	a->lots = 0x2545f4914f6cdd1dU;
	a->sources =
	    sources_new(rules->most + rules->resting, ADMIT_REMEMBERED);
	if (a->sources == NULL) {
		admit_free(a);
		return NULL;
	}
	return a;
}

void
admit_free(struct admit *a)
{
	if (a == NULL)
		return;
	sources_free(a->sources);
	free(a);
}

static bool
is_exempt(const struct admit *a, const struct addr *peer)
{
	return !a->rules.loopback_too && addr_is_loopback(peer);
}

/* Halve the points as often as time asks for; exact enough. */
static void
fade(struct source *s, int64_t now)
{
	int64_t halvings = (now - s->at_ms) / ADMIT_HALF_LIFE_MS;

	if (s->points == 0 || halvings <= 0) {
		if (s->points == 0)
			s->at_ms = now;
		return;
	}
	s->points = halvings > 31 ? 0 : s->points >> halvings;
	s->at_ms += halvings * ADMIT_HALF_LIFE_MS;
}

/*
 * From seven eighths of the pool on, lots are drawn: at seven eighths nobody
 * loses, at a full pool every second one does.  (Random early drop keeps one
 * source from taking the last places by being fastest.)
 */
static bool
is_unlucky(struct admit *a, size_t live)
{
	size_t free_from = a->rules.most - a->rules.most / 8;
	size_t span = a->rules.most - free_from;

	if (span == 0 || live <= free_from)
		return false;
	a->lots ^= a->lots << 13;
	a->lots ^= a->lots >> 7;
	a->lots ^= a->lots << 17;
	return a->lots % (2 * span) < live - free_from;
}

enum verdict
admit_ask(struct admit *a, const struct addr *peer, size_t live, int64_t now)
{
	struct source *s;
	enum verdict v = ADMITTED;

	if (is_exempt(a, peer))
		return ADMITTED;
	s = sources_get(a->sources, peer);
	if (s == NULL)
		return TOO_MANY_HERE;
	fade(s, now);
	if (s->points >= ADMIT_LIMIT)
		v = PENALISED;
	else if (a->rules.per_source > 0 && s->live >= a->rules.per_source)
		v = TOO_MANY_HERE;
	else if (is_unlucky(a, live))
		v = UNLUCKY;
	if (v == ADMITTED) {
		if (s->live++ == 0)
			sources_pin(a->sources, s);
	} else if (s->live == 0 && s->points == 0) {
		sources_drop(a->sources, s);
	}
	return v;
}

void
admit_left(struct admit *a, const struct addr *peer, enum conduct_seen how,
    int64_t now)
{
	static const uint32_t points[] = { [SEEN_FINE] = 0,
		[SEEN_RUDE] = ADMIT_RUDE_POINTS,
		[SEEN_WRONG] = ADMIT_WRONG_POINTS,
		[SEEN_CRASH] = ADMIT_CRASH_POINTS };
	struct source *s;

	if (is_exempt(a, peer))
		return;
	s = sources_get(a->sources, peer);
	if (s == NULL)
		return;
	fade(s, now);
	s->points += points[how];
	if (s->points > 2 * ADMIT_LIMIT)
		s->points = 2 * ADMIT_LIMIT; /* forgiven in time */
	if (s->live > 0 && --s->live == 0)
		sources_unpin(a->sources, s);
	if (s->live == 0 && s->points == 0)
		sources_drop(a->sources, s);
}

void
admit_served(struct admit *a, const struct addr *peer)
{
	struct source *s =
	    is_exempt(a, peer) ? NULL : sources_get(a->sources, peer);

	if (s != NULL && s->live++ == 0)
		sources_pin(a->sources, s);
}

size_t
admit_each(const struct admit *a,
    void (*show)(void *, const struct admit_memory *), void *context)
{
	const struct source *s = NULL;
	size_t n = 0;

	while ((s = sources_next(a->sources, s)) != NULL) {
		struct admit_memory m = { .key = { s->key[0], s->key[1] },
			.points = s->points,
			.at_ms = s->at_ms };

		if (s->points == 0)
			continue;
		show(context, &m);
		n++;
	}
	return n;
}

void
admit_recall(struct admit *a, const struct admit_memory *m)
{
	struct source *s = sources_find(a->sources, m->key);

	if (s == NULL)
		return;
	s->points =
	    m->points > 2 * ADMIT_LIMIT ? 2 * ADMIT_LIMIT : (uint32_t)m->points;
	s->at_ms = m->at_ms;
}

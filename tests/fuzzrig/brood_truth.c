/*
 * brood_truth.c - what a child of ours can say, and how it can end.
 */
#include "fuzzrig/brood_truth.h"

static bool
is_client(const struct addr *a)
{
	size_t n = a->sa.sa_family == AF_INET ? sizeof(a->in) :
	    a->sa.sa_family == AF_INET6       ? sizeof(a->in6) :
	    a->sa.sa_family == AF_UNIX        ? sizeof(sa_family_t) :
						0;

	return n > 0 && a->len == n;
}

bool
brood_may_say(const struct brood *s, const struct child_client *said, size_t n,
    uint64_t most)
{
	switch (said->word) {
	case WORD_TAKEN:
		return n == 1 && s->busy && s->owes &&
		    s->kind == BROOD_DATAGRAM;
	case WORD_CLIENT:
		return n == sizeof(*said) && s->busy && s->owes &&
		    s->kind == BROOD_PROXIED && is_client(&said->client);
	case WORD_IDLE:
		return n == 1 && s->busy &&
		    (!s->owes || s->kind == BROOD_PROXIED) &&
		    (most == 0 || s->handed < most);
	default:
		return false;
	}
}

bool
brood_may_end(const struct brood *s, int code)
{
	switch (code) {
	case CONDUCT_FINE:
		return true;
	case CONDUCT_RESTS:
		return s->busy && s->kind == BROOD_KEPT;
	case CHILD_NOT_BORN:
		return s->handed == 0 || s->busy;
	default:
		return code >= CONDUCT_RUDE && code <= CONDUCT_STALE &&
		    s->handed > 0;
	}
}

/*
 * line.c - one connection: what it may ask, and how often.
 */
#include "keeper/keeper.h"

static bool
keep(struct keeper_line *l, const struct keeper_ask *ask, int64_t now_ms)
{
	return l->keeps++ < KEEPER_KEEPS_MAX && ask->n > KEEPER_NAME &&
	    keeper_shelf_put(l->source, ask->data, ask->data + KEEPER_NAME,
		ask->n - KEEPER_NAME, now_ms);
}

bool
keeper_line_answer(struct keeper_line *l, const struct keeper_ask *ask,
    struct keeper_answer *answer, int64_t now_ms)
{
	if (ask->n > KEEPER_DATA)
		return false;
	switch (ask->kind) {
	case KEEPER_SIGN:
		if (l->signs)
			return false;
		l->signs = true;
		answer->n = (uint16_t)keeper_sign(ask, answer->data);
		return answer->n > 0;
	case KEEPER_KEEP:
		return keep(l, ask, now_ms);
	case KEEPER_FETCH:
		/* Before it signs, or never: that is when clients name one. */
		if (l->fetches || l->signs || ask->n != KEEPER_NAME)
			return false;
		l->fetches = true;
		answer->n = (uint16_t)keeper_shelf_get(
		    l->source, ask->data, answer->data, now_ms);
		return true; /* 0: there is none, any more */
	default:
		return false;
	}
}

/*
 * between.c - somebody in between, who changes what is said.
 */
#include "fuzzrig/between.h"

enum what { FLIP, DROP, DOUBLE, CUT, BEFORE, SPLIT, WHATS };

void
between_pass(struct between *b, uint8_t *r, size_t n)
{
	size_t times = 1, record = b->record++;

	for (size_t i = 0; i < b->changes; i++) {
		const uint8_t *one = b->change + i * BETWEEN_CHANGE;
		size_t at = one[2] * n / 256;

		if (one[0] % BETWEEN_MAX != record % BETWEEN_MAX)
			continue;
		b->harmed = b->harmed || one[1] % WHATS != SPLIT;
		switch (one[1] % WHATS) {
		case FLIP:
			r[at] ^= one[3] == 0 ? 1 : one[3];
			break;
		case DROP:
			times = 0;
			break;
		case DOUBLE:
			times = 2;
			break;
		case CUT:
			n = at;
			break;
		case BEFORE:
			b->put(one, BETWEEN_CHANGE);
			break;
		default: /* it comes in two pieces */
			b->put(r, at);
			r += at;
			n -= at;
			b->pause();
		}
		if (n == 0)
			return;
	}
	while (times-- > 0)
		b->put(r, n);
}

/*
 * args_guess.c - what may have been meant by the name of no option.
 */
#include <stdio.h>
#include <string.h>

#include "bytes/ascii.h"
#include "system/args_inside.h"

#define SLIPS 2 /* as many as are taken for slips of the finger */
#define NAMED 4 /* of those that a short name may stand for */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * How many letters were left out, added, changed or swapped with their
 * neighbour (optimal string alignment, row by row).
 */
static size_t
distance(struct slice a, struct slice b)
{
	size_t row[3][ARGS_MAX_NAME + 1];
	size_t *before = row[0], *last = row[1], *now = row[2], *free;

	if (a.n > ARGS_MAX_NAME || b.n > ARGS_MAX_NAME)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		now[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			bool same = ascii_lower(a.p[i - 1]) == b.p[j - 1];

			now[j] = least(last[j - 1] + !same,
			    least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		free = before;
		before = last;
		last = now;
		now = free;
	}
	return last[b.n];
}

const char *
args_guess(const struct args_rows *rows, struct slice name, const char *dashes,
    char text[ARGS_MAX_GUESS])
{
	size_t best = least(SLIPS, name.n / 3) + 1;

	text[0] = '\0';
	for (size_t i = 0; i < rows->n; i++) {
		const struct args_row *r = &rows->at[i];
		const char *names[] = { r->shown, r->full };

		for (size_t j = 0; j < 2; j++) {
			size_t far = distance(name, slice_of(names[j]));

			if (far >= best || names[j][0] == '\0')
				continue;
			best = far;
			snprintf(text, ARGS_MAX_GUESS, "; did you mean %s%s?",
			    dashes, names[j]);
		}
	}
	return text;
}

bool
args_is_ambiguous(
    const struct args_rows *rows, struct slice name, char text[ARGS_MAX_GUESS])
{
	size_t n = 0, used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < rows->n; i++) {
		const char *shown = rows->at[i].shown;

		if (name.n == 0 || strlen(shown) < name.n ||
		    memcmp(shown, name.p, name.n) != 0)
			continue;
		if (n < NAMED)
			used +=
			    (size_t)snprintf(text + used, ARGS_MAX_GUESS - used,
				"%s--%s", n > 0 ? ", " : "", shown);
		else if (n == NAMED)
			snprintf(text + used, ARGS_MAX_GUESS - used, ", ...");
		n++;
	}
	return n > 1;
}

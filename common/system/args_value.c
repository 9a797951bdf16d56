/*
 * args_value.c - what an option is given: checked, and put where it goes.
 */
#include <string.h>
#include <stdio.h>

#include "bytes/num.h"
#include "system/args_inside.h"
#include "system/log.h"

static _Noreturn void
refuse(const struct args_row *r, const char *text, const char *why)
{
	if (r->is->origin == BY_FILE)
		die(EXIT_CONFIG, "%s:%zu: %s %s: %s", r->is->file, r->is->line,
		    r->shown, text, why);
	die(EXIT_USAGE, "--%s %s: %s", r->shown, text, why);
}

static void
refuse_number(const struct args_row *r, const char *text)
{
	char why[120];

	if (r->is->arg->max == 0)
		snprintf(why, sizeof(why), "not a number of at least %llu",
		    (unsigned long long)r->is->arg->min);
	else
		snprintf(why, sizeof(why), "not a number from %llu to %llu",
		    (unsigned long long)r->is->arg->min,
		    (unsigned long long)r->is->arg->max);
	refuse(r, text, why);
}

static uint64_t
number(const struct args_row *r, const char *text, struct slice digits)
{
	uint64_t value = 0;

	if (num_within(digits, r->is->arg->min,
		r->is->arg->max == 0 ? UINT64_MAX : r->is->arg->max,
		&value) != NUM_OK)
		refuse_number(r, text);
	return value;
}

/* A number of bytes, with K, M or G (of 1024) behind it or not. */
static uint64_t
size(const struct args_row *r, const char *text)
{
	struct slice digits = slice_of(text);
	const char *units = "KMG", *unit = NULL;
	uint64_t value, shift = 0;

	if (digits.n > 0)
		unit = strchr(units, digits.p[digits.n - 1]);
	if (unit != NULL && *unit != '\0') {
		shift = (uint64_t)(unit - units + 1) * 10;
		digits.n--;
	}
	if (num_decimal(digits, &value) != NUM_OK ||
	    value > UINT64_MAX >> shift)
		refuse_number(r, text);
	value <<= shift;
	if (value < r->is->arg->min ||
	    (r->is->arg->max != 0 && value > r->is->arg->max))
		refuse_number(r, text);
	return value;
}

/* Seconds with up to three decimals, as milliseconds. */
static int64_t
seconds(const struct args_row *r, const char *text)
{
	struct slice rest = slice_of(text), whole = slice_cut(&rest, '.');
	uint64_t s = 0, ms = 0,
		 most = r->is->arg->max == 0 ? 1000000000 : r->is->arg->max;

	if (num_within(whole, 0, most, &s) != NUM_OK || rest.n > 3 ||
	    (rest.p != NULL && num_decimal(rest, &ms) != NUM_OK))
		refuse_number(r, text);
	for (size_t i = rest.n; i < 3; i++)
		ms *= 10;
	ms += s * 1000;
	if (ms < r->is->arg->min * 1000 || ms > most * 1000)
		refuse_number(r, text);
	return (int64_t)ms;
}

static int
choice(const struct args_row *r, const char *text)
{
	struct slice rest = slice_of(r->is->arg->value);

	for (int i = 0; rest.p != NULL; i++)
		if (slice_is(slice_cut(&rest, '|'), text))
			return i;
	refuse(r, text, "not one of those that --help lists");
}

static void
add(const struct args_row *r, const char *text)
{
	struct arg_list *l = r->is->arg->list;

	if (l->n == ARG_LIST_MAX)
		refuse(r, text, "given too often");
	l->item[l->n++] = text;
	args_note(r, text);
}

void
args_store(struct args_row *r, const char *text)
{
	const struct arg *a = r->is->arg;

	switch (r->kind) {
	case ARG_FLAG:
		*a->flag = true;
		break;
	case ARG_COUNT:
		++*a->count;
		break;
	case ARG_TEXT:
		*a->text = text;
		args_note(r, text);
		break;
	case ARG_MAYBE:
		*a->maybe = text != NULL ? text : "";
		args_note(r, text);
		break;
	case ARG_NUMBER:
		*a->number = number(r, text, slice_of(text));
		break;
	case ARG_SIZE:
		*a->size = size(r, text);
		break;
	case ARG_SECONDS:
		*a->seconds = seconds(r, text);
		break;
	case ARG_LIST:
		add(r, text);
		break;
	case ARG_CHOICE:
		*a->choice = choice(r, text);
		break;
	}
}

/*
 * args.c - the command line, on getopt_long.
 */
#include "system/args.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/num.h"
#include "system/log.h"

#define MAX_OPTIONS 80
#define HELP_COLUMN 28  /* where the explanations of --help begin */
#define FIRST_VALUE 256 /* getopt's value for long options: above any letter */

/* The two that every program has. */
static bool want_help, want_version;
static const struct arg standard[] = {
	{ 'h', "help", ARG_FLAG, NULL, "show this help", &want_help, 0, 0 },
	{ 0, "version", ARG_FLAG, NULL, "show the version", &want_version, 0,
	    0 },
	{ 0 },
};

static bool
takes_value(const struct arg *a)
{
	return a->kind != ARG_FLAG && a->kind != ARG_COUNT;
}

/* All options of all tables in one row, the standard ones last. */
static size_t
gather(const struct args *args, const struct arg *all[MAX_OPTIONS])
{
	size_t n = 0;

	for (const struct arg *const *table = args->tables; *table != NULL;
	     table++)
		for (const struct arg *a = *table; a->name != NULL; a++) {
			if (n >= MAX_OPTIONS - 2)
				bug("args: more than %d options", MAX_OPTIONS);
			all[n++] = a;
		}
	all[n++] = &standard[0];
	all[n++] = &standard[1];
	return n;
}

static void
list(const struct arg *a)
{
	char left[80];
	int n;

	n = snprintf(left, sizeof(left), "  %c%c%c --%s",
	    a->letter != 0 ? '-' : ' ', a->letter != 0 ? a->letter : ' ',
	    a->letter != 0 ? ',' : ' ', a->name);
	if (a->value != NULL)
		snprintf(left + n, sizeof(left) - (size_t)n,
		    a->kind == ARG_MAYBE ? "[=%s]" : " %s", a->value);
	if (strlen(left) >= HELP_COLUMN)
		printf("%s\n%*s%s\n", left, HELP_COLUMN, "", a->help);
	else
		printf("%-*s%s\n", HELP_COLUMN, left, a->help);
}

static void
help(const struct args *args)
{
	const struct arg *all[MAX_OPTIONS];
	size_t n = gather(args, all);

	printf("Usage: %s %s\n\n%s\n\nOptions:\n", args->program,
	    args->synopsis, args->about);
	for (size_t i = 0; i < n; i++)
		list(all[i]);
	if (args->examples != NULL)
		printf("\nExamples:\n%s", args->examples);
}

static _Noreturn void
refuse(const struct arg *a, const char *text, const char *why)
{
	die(EXIT_USAGE, "--%s %s: %s", a->name, text, why);
}

static void
refuse_number(const struct arg *a, const char *text)
{
	char why[120];

	if (a->max == 0)
		snprintf(why, sizeof(why), "not a number of at least %llu",
		    (unsigned long long)a->min);
	else
		snprintf(why, sizeof(why), "not a number from %llu to %llu",
		    (unsigned long long)a->min, (unsigned long long)a->max);
	refuse(a, text, why);
}

static uint64_t
number(const struct arg *a, const char *text, struct slice digits)
{
	uint64_t value = 0;

	if (num_within(digits, a->min, a->max == 0 ? UINT64_MAX : a->max,
		&value) != NUM_OK)
		refuse_number(a, text);
	return value;
}

/* A number of bytes, with K, M or G (of 1024) behind it or not. */
static uint64_t
size(const struct arg *a, const char *text)
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
		refuse_number(a, text);
	value <<= shift;
	if (value < a->min || (a->max != 0 && value > a->max))
		refuse_number(a, text);
	return value;
}

/* Seconds with up to three decimals, as milliseconds. */
static int64_t
seconds(const struct arg *a, const char *text)
{
	struct slice rest = slice_of(text), whole = slice_cut(&rest, '.');
	uint64_t s = 0, ms = 0, most = a->max == 0 ? 1000000000 : a->max;

	if (num_within(whole, 0, most, &s) != NUM_OK || rest.n > 3 ||
	    (rest.p != NULL && num_decimal(rest, &ms) != NUM_OK))
		refuse_number(a, text);
	for (size_t i = rest.n; i < 3; i++)
		ms *= 10;
	ms += s * 1000;
	if (ms < a->min * 1000 || ms > most * 1000)
		refuse_number(a, text);
	return (int64_t)ms;
}

static int
choice(const struct arg *a, const char *text)
{
	struct slice rest = slice_of(a->value);

	for (int i = 0; rest.p != NULL; i++)
		if (slice_is(slice_cut(&rest, '|'), text))
			return i;
	refuse(a, text, "not one of those that --help lists");
}

static void
add(const struct arg *a, const char *text)
{
	struct arg_list *l = a->into;

	if (l->n == ARG_LIST_MAX)
		refuse(a, text, "given too often");
	l->item[l->n++] = text;
}

static void
store(const struct arg *a, const char *text)
{
	switch (a->kind) {
	case ARG_FLAG:
		*(bool *)a->into = true;
		break;
	case ARG_COUNT:
		++*(int *)a->into;
		break;
	case ARG_TEXT:
		*(const char **)a->into = text;
		break;
	case ARG_MAYBE:
		*(const char **)a->into = text != NULL ? text : "";
		break;
	case ARG_NUMBER:
		*(uint64_t *)a->into = number(a, text, slice_of(text));
		break;
	case ARG_SECONDS:
		*(int64_t *)a->into = seconds(a, text);
		break;
	case ARG_SIZE:
		*(uint64_t *)a->into = size(a, text);
		break;
	case ARG_LIST:
		add(a, text);
		break;
	case ARG_CHOICE:
		*(int *)a->into = choice(a, text);
		break;
	}
}

/* The word on the command line that getopt did not take. */
static _Noreturn void
refuse_unknown(int answer, char **argv)
{
	const char *word = argv[optind - 1];
	char letter[3] = { '-', (char)optopt, '\0' };

	/*
	 * For a letter optopt names it (word may be the one before); for a long
	 * one it is 0 or its value.
	 */
	if (optopt > 0 && optopt < FIRST_VALUE)
		word = letter;
	die(EXIT_USAGE, "%s: %s (--help lists the options)", word,
	    answer == ':'             ? "wants a value" :
		optopt >= FIRST_VALUE ? "takes no value" :
					"unknown option");
}

int
args_parse(const struct args *args, int argc, char **argv)
{
	const struct arg *all[MAX_OPTIONS];
	struct option longs[MAX_OPTIONS + 1] = { 0 };
	char shorts[2 * MAX_OPTIONS + 2] = ":";
	size_t n = gather(args, all), at = 1;
	int answer;

	for (size_t i = 0; i < n; i++) {
		longs[i].name = all[i]->name;
		longs[i].val = FIRST_VALUE + (int)i;
		longs[i].has_arg = all[i]->kind == ARG_MAYBE ?
		    optional_argument :
		    takes_value(all[i]) ? required_argument :
					  no_argument;
		if (all[i]->letter == 0)
			continue;
		shorts[at++] = all[i]->letter;
		if (takes_value(all[i]))
			shorts[at++] = ':';
	}
	optind = 0; /* start afresh (GNU) */
	opterr = 0;
	while ((answer = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		size_t i = 0;

		if (answer == '?' || answer == ':')
			refuse_unknown(answer, argv);
		if (answer >= FIRST_VALUE)
			i = (size_t)(answer - FIRST_VALUE);
		else
			while (i < n - 1 && all[i]->letter != answer)
				i++;
		store(all[i], optarg);
	}
	if (want_help)
		help(args);
	if (want_version)
		printf("%s (Berth) %s\n", args->program, BERTH_VERSION);
	if (want_help || want_version)
		exit(fflush(stdout) == 0 ? 0 : EXIT_OSERR);
	return optind;
}

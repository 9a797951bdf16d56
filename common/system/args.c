/*
 * args.c - the command line, on getopt_long.
 */
#include "system/args.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "system/args_inside.h"
#include "system/log.h"

#define FIRST_VALUE 256 /* getopt's value for long options: above any letter */

/* Those that every program has. */
static bool want_help, want_version;
static const struct arg standard[] = {
	{ "help", NULL, "show this help", .flag = &want_help, .letter = 'h' },
	{ "version", NULL, "show the version", .flag = &want_version },
	{ 0 },
};
const struct arg_table args_standard = { .options = standard };

/* The options as getopt wants them. */
struct shape {
	struct option longs[2 * ARGS_MAX + 1];
	char shorts[2 * ARGS_MAX + 2];
};

static void
shape(struct shape *s, const struct args_rows *rows)
{
	size_t at = 0, n = 0;

	*s = (struct shape){ 0 };
	s->shorts[at++] = ':';
	for (size_t i = 0; i < rows->n; i++) {
		const struct args_row *r = &rows->at[i];
		bool takes = args_takes_value(r);
		struct option o = { .name = r->shown,
			.val = FIRST_VALUE + (int)i,
			.has_arg = r->kind == ARG_MAYBE ? optional_argument :
			    takes                       ? required_argument :
							  no_argument };

		s->longs[n++] = o;
		o.name = r->full;
		if (r->full[0] != '\0' && r->shown != r->full)
			s->longs[n++] = o;
		if (r->arg->letter == 0)
			continue;
		s->shorts[at++] = r->arg->letter;
		if (takes)
			s->shorts[at++] = ':';
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

static const struct args_row *
row_of(const struct args_rows *rows, int answer)
{
	size_t i = 0;

	if (answer >= FIRST_VALUE)
		return &rows->at[answer - FIRST_VALUE];
	while (rows->at[i].arg->letter != answer)
		i++;
	return &rows->at[i];
}

/* --help and --version end the program, once all has been read. */
static void
inform(const struct args *args, const struct args_rows *rows)
{
	if (want_help)
		args_help(args, rows);
	if (want_version)
		printf("%s (Berth) %s\n", args->program, BERTH_VERSION);
	if (want_help || want_version)
		exit(fflush(stdout) == 0 ? 0 : EXIT_OSERR);
}

int
args_parse(const struct args *args, int argc, char **argv)
{
	static struct args_rows rows;
	static struct shape s;
	int answer;

	args_gather(args, &rows);
	shape(&s, &rows);
	optind = 0; /* start afresh (GNU) */
	opterr = 0;
	while (
	    (answer = getopt_long(argc, argv, s.shorts, s.longs, NULL)) != -1) {
		if (answer == '?' || answer == ':')
			refuse_unknown(answer, argv);
		args_store(row_of(&rows, answer), optarg);
	}
	inform(args, &rows);
	return optind;
}

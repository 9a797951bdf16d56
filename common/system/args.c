/*
 * args.c - the command line, on getopt_long.
 */
#include "system/args.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/args_inside.h"
#include "system/log.h"

#define FIRST_VALUE 256 /* getopt's value for long options: above any letter */

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

/* A word that names no option, or several. */
static _Noreturn void
refuse_name(const struct args_rows *rows, const char *word)
{
	struct slice name = slice_of(word), value;
	char text[ARGS_MAX_GUESS];

	while (name.n > 0 && name.p[0] == '-')
		name = slice_from(name, 1);
	value = name;
	name = slice_cut(&value, '=');
	if (args_is_ambiguous(rows, name, text))
		die(EXIT_USAGE, "%s: short for any of %s", word, text);
	args_guess(rows, name, "--", text);
	die(EXIT_USAGE, "%s: unknown option%s", word,
	    text[0] != '\0' ? text : " (--help lists the options)");
}

/* The word on the command line that getopt did not take. */
static _Noreturn void
refuse_word(const struct args_rows *rows, int answer, char **argv)
{
	const char *word = argv[optind - 1];
	char letter[3] = { '-', (char)optopt, '\0' };

	/*
	 * For a letter optopt names it (word may be the one before); for a long
	 * one it is 0 or its value.
	 */
	if (optopt == 0)
		refuse_name(rows, word);
	if (optopt < FIRST_VALUE)
		word = letter;
	die(EXIT_USAGE, "%s: %s (--help lists the options)", word,
	    answer == ':'             ? "wants a value" :
		optopt >= FIRST_VALUE ? "takes no value" :
					"unknown option");
}

static struct args_row *
row_of(struct args_rows *rows, int answer)
{
	return answer >= FIRST_VALUE ? &rows->at[answer - FIRST_VALUE] :
				       args_find_letter(rows, (char)answer);
}

/* What ends the program, once all has been read. */
static void
inform(const struct args *args, const struct args_rows *rows)
{
	if (args_want_help)
		args_help(args, rows);
	if (args_want_version)
		printf("%s (Berth) %s\n", args->program, BERTH_VERSION);
	if (args_want_completions != NO_SHELL)
		args_complete(
		    args, rows, (enum args_shell)args_want_completions);
	if (args_want_help || args_want_version ||
	    args_want_completions != NO_SHELL)
		exit(fflush(stdout) == 0 ? 0 : EXIT_OSERR);
}

int
args_parse(const struct args *args, int argc, char **argv)
{
	static struct shape s;
	struct args_rows *rows = args_gather(args);
	int answer;

	shape(&s, rows);
	optind = 0; /* start afresh (GNU) */
	opterr = 0;
	while (
	    (answer = getopt_long(argc, argv, s.shorts, s.longs, NULL)) != -1) {
		struct args_row *r;

		if (answer == '?' || answer == ':')
			refuse_word(rows, answer, argv);
		r = row_of(rows, answer);
		r->is->origin = BY_LINE;
		args_store(r, optarg);
	}
	inform(args, rows);
	return optind;
}

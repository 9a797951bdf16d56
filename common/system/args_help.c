/*
 * args_help.c - --help.
 */
#include <stdio.h>
#include <string.h>

#include "system/args_inside.h"

#define COLUMN 28 /* where the explanations begin */

static void
list(const struct args_row *r)
{
	const struct arg *a = r->arg;
	char left[120];
	int n;

	n = snprintf(left, sizeof(left), "  %c%c%c --%s",
	    a->letter != 0 ? '-' : ' ', a->letter != 0 ? a->letter : ' ',
	    a->letter != 0 ? ',' : ' ', r->shown);
	if (a->value != NULL)
		snprintf(left + n, sizeof(left) - (size_t)n,
		    r->kind == ARG_MAYBE ? "[=%s]" : " %s", a->value);
	if (strlen(left) >= COLUMN)
		printf("%s\n%*s%s\n", left, COLUMN, "", a->help);
	else
		printf("%-*s%s\n", COLUMN, left, a->help);
}

/* What the names of parts are for, where there are several. */
static void
explain_parts(const struct arg_table *const *t)
{
	const char *part[2] = { NULL };
	size_t n = 0;

	for (; *t != NULL; t++)
		if ((*t)->part != NULL && n < 2)
			part[n++] = (*t)->part;
	if (n == 2)
		printf("\nAn option of a part may have the part's name before "
		       "it, and must where another\npart has one of the same "
		       "name: --%s-NAME, --%s-NAME.\n",
		    part[0], part[1]);
}

void
args_help(const struct args *args, const struct args_rows *rows)
{
	const struct arg_table *last = &args_standard;

	printf(
	    "Usage: %s %s\n\n%s\n", args->program, args->synopsis, args->about);
	for (size_t i = 0; i < rows->n; i++) {
		const struct arg_table *its = rows->at[i].table;

		if (its != last && (its != &args_standard || i == 0))
			printf("\n%s:\n",
			    its->title != NULL ? its->title : "Options");
		last = its;
		list(&rows->at[i]);
	}
	explain_parts(args->tables);
	if (args->examples != NULL)
		printf("\nExamples:\n%s", args->examples);
}

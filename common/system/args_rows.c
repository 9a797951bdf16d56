/*
 * args_rows.c - the options of all tables, and what each is called.
 */
#include <stdio.h>
#include <string.h>

#include "system/args_inside.h"
#include "system/log.h"

static enum arg_kind
kind_of(const struct arg *a)
{
	const void *to[] = { [ARG_FLAG] = a->flag,
		[ARG_COUNT] = a->count,
		[ARG_TEXT] = a->text,
		[ARG_MAYBE] = a->maybe,
		[ARG_NUMBER] = a->number,
		[ARG_SIZE] = a->size,
		[ARG_SECONDS] = a->seconds,
		[ARG_LIST] = a->list,
		[ARG_CHOICE] = a->choice };
	size_t n = 0, found = 0;

	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++)
		if (to[i] != NULL) {
			found = i;
			n++;
		}
	if (n != 1)
		bug("args: --%s goes to %zu places", a->name, n);
	return (enum arg_kind)found;
}

static bool
is_shown(const struct args_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->n; i++)
		if (strcmp(rows->at[i].shown, name) == 0)
			return true;
	return false;
}

static void
add(struct args_rows *rows, const struct arg_table *t, const struct arg *a)
{
	struct args_row *r = &rows->at[rows->n];

	if (rows->n == ARGS_MAX)
		bug("args: more than %d options", ARGS_MAX);
	*r = (struct args_row){
		.arg = a, .table = t, .kind = kind_of(a), .shown = a->name
	};
	if (t->part != NULL)
		snprintf(r->full, sizeof(r->full), "%s-%s", t->part, a->name);
	if (is_shown(rows, a->name)) {
		if (t->part == NULL)
			bug("args: --%s is there twice", a->name);
		r->shown = r->full;
	}
	rows->n++;
}

void
args_gather(const struct args *args, struct args_rows *rows)
{
	rows->n = 0;
	for (const struct arg_table *const *t = args->tables; *t != NULL; t++)
		for (const struct arg *a = (*t)->options; a->name != NULL; a++)
			add(rows, *t, a);
	for (const struct arg *a = args_standard.options; a->name != NULL; a++)
		add(rows, &args_standard, a);
}

bool
args_takes_value(const struct args_row *r)
{
	return r->kind != ARG_FLAG && r->kind != ARG_COUNT;
}

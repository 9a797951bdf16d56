/*
 * args_rows.c - the options of all tables, and what each is called.
 */
#include <stdio.h>
#include <string.h>

#include "system/args_inside.h"
#include "system/log.h"

static struct args_rows all;

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

struct args_row *
args_find(struct args_rows *rows, struct slice name)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct args_row *r = &rows->at[i];

		if (slice_is(name, r->shown) ||
		    (name.n > 0 && slice_is(name, r->full)))
			return r;
	}
	return NULL;
}

struct args_row *
args_find_letter(struct args_rows *rows, char letter)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i].arg->letter == letter)
			return &rows->at[i];
	return NULL;
}

static void
add(struct args_rows *rows, const struct arg_table *t, const struct arg *a)
{
	struct args_row *r = &rows->at[rows->n];

	if (rows->n == ARGS_MAX)
		bug("args: more than %d options", ARGS_MAX);
	*r = (struct args_row){
		.arg = a, .is = r, .table = t, .shown = a->name
	};
	if (a->same_as == NULL)
		r->kind = kind_of(a);
	if (t->part != NULL)
		snprintf(r->full, sizeof(r->full), "%s-%s", t->part, a->name);
	if (args_find(rows, slice_of(a->name)) != NULL) {
		if (t->part == NULL)
			bug("args: --%s is there twice", a->name);
		r->shown = r->full;
	}
	rows->n++;
}

static void
add_table(struct args_rows *rows, const struct arg_table *t)
{
	for (const struct arg *a = t->options; a->name != NULL; a++)
		add(rows, t, a);
}

/* What other names stand for. */
static void
resolve(struct args_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct args_row *r = &rows->at[i];

		if (r->arg->same_as == NULL)
			continue;
		r->is = args_find(rows, slice_of(r->arg->same_as));
		if (r->is == NULL || r->is->arg->same_as != NULL)
			bug("args: --%s is the same as nothing", r->arg->name);
		r->kind = r->is->kind;
	}
}

struct args_rows *
args_gather(const struct args *args)
{
	all.n = 0;
	for (const struct arg_table *const *t = args->tables; *t != NULL; t++)
		add_table(&all, *t);
	add_table(&all, &args_standard);
	resolve(&all);
	return &all;
}

struct args_rows *
args_gathered(void)
{
	return &all;
}

bool
args_takes_value(const struct args_row *r)
{
	return r->kind != ARG_FLAG && r->kind != ARG_COUNT;
}

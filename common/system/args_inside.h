/*
 * args_inside.h - what the files of the command line share.  Nobody else
 * includes it.
 */
#ifndef ARGS_INSIDE_H
#define ARGS_INSIDE_H

#include "system/args.h"

#define ARGS_MAX      128 /* options of a program */
#define ARGS_MAX_NAME 48

enum arg_kind {
	ARG_FLAG,
	ARG_COUNT,
	ARG_TEXT,
	ARG_MAYBE,
	ARG_NUMBER,
	ARG_SIZE,
	ARG_SECONDS,
	ARG_LIST,
	ARG_CHOICE,
};

/* An option as this program has it. */
struct args_row {
	const struct arg *arg;
	const struct arg_table *table;
	enum arg_kind kind;
	const char *shown;        /* the name that it goes by */
	char full[ARGS_MAX_NAME]; /* with its part's name before it, or "" */
};

/* All options of all tables, the standard ones last. */
struct args_rows {
	size_t n;
	struct args_row at[ARGS_MAX];
};

/*
 * args.c: the options that every program has.
 */
extern const struct arg_table args_standard;

/*
 * args_rows.c: gather them.  A program that has too many, or one that goes
 * nowhere, is a bug.
 */
void args_gather(const struct args *, struct args_rows *);
bool args_takes_value(const struct args_row *);

/*
 * args_value.c: check a value and put it where it goes.  text is NULL where
 * there is none.  A fault exits.
 */
void args_store(const struct args_row *, const char *text);

/*
 * args_help.c: --help, to standard output.
 */
void args_help(const struct args *, const struct args_rows *);

#endif

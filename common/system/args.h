/*
 * args.h - the command line: GNU long options from a table, on getopt_long.
 *
 * A program states its options in tables; the parser, --help and --version
 * come from them.  Any fault is one line on standard error that names the
 * option and the fault, and exit code 64.
 */
#ifndef ARGS_H
#define ARGS_H

#include <stddef.h>
#include <stdint.h>

#define BERTH_VERSION "0.1.0"

enum arg_kind {
	ARG_FLAG,    /* no value; *(bool *)into becomes true */
	ARG_COUNT,   /* no value; *(int *)into counts */
	ARG_TEXT,    /* *(const char **)into, points into argv */
	ARG_MAYBE,   /* --name or --name=TEXT; into as ARG_TEXT, "" without */
	ARG_NUMBER,  /* *(uint64_t *)into, from min to max */
	ARG_SECONDS, /* *(int64_t *)into in ms; decimals allowed; min, max s */
	ARG_SIZE,    /* *(uint64_t *)into; K M G (1024) behind it allowed */
	ARG_LIST,    /* *(struct arg_list *)into, one more at each use */
	ARG_CHOICE,  /* *(int *)into: index in value, which is "a|b|c" */
};

#define ARG_LIST_MAX 64

struct arg_list {
	size_t n;
	const char *item[ARG_LIST_MAX]; /* point into argv */
};

struct arg {
	char letter;      /* or 0 */
	const char *name; /* without --; NULL ends the table */
	enum arg_kind kind;
	const char *value; /* its name in --help, such as FILE, or NULL */
	const char *help;
	void *into;
	uint64_t min, max; /* numbers; max 0 means no end */
};

struct args {
	const char *program;
	const char *synopsis; /* behind the program's name in --help */
	const char *about;    /* what it is, in a sentence or two */
	const char *examples; /* lines for the end of --help, or NULL */
	const struct arg *const *tables; /* ended by NULL */
};

/*
 * Parse.  argv is permuted so that operands stand last; returns the index of
 * the first.  --help and --version print to standard output and exit 0; a
 * fault exits 64.
 */
int args_parse(const struct args *, int argc, char **argv);

#endif

/*
 * args.h - the command line: GNU long options from tables, on getopt_long.
 *
 * A program states its options in tables; the parser, --help, --version, files
 * of options and completions for shells come from them.  Any fault is one line on standard error that names the
 * option and the fault, and exit code 64.
 */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BERTH_VERSION "0.1.0"

#define ARG_LIST_MAX 64

struct arg_list {
	size_t n;
	const char *item[ARG_LIST_MAX]; /* point into argv */
};

/*
 * One option: three words as --help shows them, and where its value goes.
 * That is what kind of option it is: exactly one of the pointers is set, and
 * the compiler knows what each must point to.
 *
 *	{ "cache", "SECONDS", "let browsers keep files so long",
 *	    .seconds = &site.cache_ms, .max = 31536000 },
 */
struct arg {
	const char *name;  /* --name; NULL ends the table */
	const char *value; /* its name in --help, such as FILE, or NULL */
	const char *help;

	bool *flag;            /* no value: becomes true */
	int *count;            /* no value: one more at each use */
	const char **text;     /* points into argv */
	const char **maybe;    /* --name or --name=TEXT: "" without */
	uint64_t *number;      /* from min to max */
	uint64_t *size;        /* in bytes, K M G (1024) behind it allowed */
	int64_t *seconds;      /* in ms; up to three decimals; min, max in s */
	struct arg_list *list; /* one more at each use */
	int *choice;           /* index in value, which is "a|b|c" */
	const char *same_as;   /* nowhere: another name for that option */

	char letter;       /* -x, or 0 */
	bool line_only;    /* it makes no sense in a file of options */
	uint64_t min, max; /* of numbers; max 0 means no end */
};

/*
 * Options that belong together.  A part of a program has a name: each of its
 * options may be written with that before it (--smtp-lmtp), and must be where
 * an earlier table has an option of the same name (--smtp-auth).
 */
struct arg_table {
	const char *title; /* above them in --help; NULL: "Options" */
	const char *part;  /* or NULL */
	const struct arg *options;
};

struct args {
	const char *program;
	const char *synopsis; /* behind the program's name in --help */
	const char *about;    /* what it is, in a sentence or two */
	const char *examples; /* lines for the end of --help, or NULL */
	const struct arg_table *const *tables; /* ended by NULL */
};

/*
 * Parse.  argv is permuted so that operands stand last; returns the index of
 * the first.  --help, --version and --completions print to standard output and
 * exit 0; a fault exits 64.
 */
int args_parse(const struct args *, int argc, char **argv);

/*
 * After that: read more options from a file, one a line, NAME or NAME VALUE as
 * on the command line, with the dashes or without; # begins a comment, quotes
 * keep blanks.  What the command line has given stays.  A file that is not
 * there is a fault only if it must be; one that others can write is a fault
 * unless it was asked for by name.  A fault exits 78 with the file and the
 * line.  Returns whether it was there.
 */
#define ARGS_FILE_MAX 65536
bool args_file(const char *path, bool named);

/*
 * A value that an option holds, as it was given, is at fault: end with code, and
 * name the option that gave it (--port where that did, and not --listen), or
 * file, line and word (then 78 for 64).  option: where nobody gave it.
 */
_Noreturn void args_refuse(const char *option, const char *value, int code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/*
 * To standard output, in a form that args_file() reads again: each option as
 * it holds now and who gave it; those that nobody gave, as comments.
 */
void args_show(void);

#endif

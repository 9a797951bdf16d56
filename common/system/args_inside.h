/*
 * args_inside.h - what the files of the command line share.  Nobody else
 * includes it.
 *
 * From above to below: args.c (the command line), args_file.c (a file of
 * options) and args_show.c (what holds), args_help.c, args_complete.c,
 * args_value.c, args_refuse.c, args_guess.c, args_rows.c, args_standard.c.
 */
#ifndef ARGS_INSIDE_H
#define ARGS_INSIDE_H

#include "bytes/slice.h"
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

enum arg_origin { BY_DEFAULT, BY_LINE, BY_FILE };

/* An option as this program has it. */
struct args_row {
	const struct arg *arg; /* its words ... */
	struct args_row *is;   /* ... and what it is: itself, or what it is
				    * another name for */
	const struct arg_table *table;
	enum arg_kind kind;
	const char *shown;        /* the name that it goes by */
	char full[ARGS_MAX_NAME]; /* with its part's name before it, or "" */
	enum arg_origin origin;   /* who gave it last ... */
	const char *file;         /* ... and where, BY_FILE */
	size_t line;
};

/* All options of all tables, the standard ones last. */
struct args_rows {
	size_t n;
	struct args_row at[ARGS_MAX];
};

/*
 * args_standard.c: the options that every program has, and what was asked for
 * by them.
 */
extern const struct arg_table args_standard;
extern bool args_want_help, args_want_version;
extern int args_want_completions; /* enum args_shell */
enum args_shell { NO_SHELL, SHELL_BASH, SHELL_ZSH };

/*
 * args_rows.c: gather them; there is one command line in a process, and so one
 * such list.  A program that has too many, or one that goes nowhere, is a bug.
 */
struct args_rows *args_gather(const struct args *);
struct args_rows *args_gathered(void);
bool args_takes_value(const struct args_row *);

/*
 * args_rows.c: the option of this name, with its part before it or not; or of
 * this letter.  NULL when there is none.
 */
struct args_row *args_find(struct args_rows *, struct slice name);
struct args_row *args_find_letter(struct args_rows *, char letter);

/*
 * args_guess.c: what may have been meant by a name that is unknown, or short
 * for several: in words that follow "unknown option" and "short for", or "".
 */
#define ARGS_MAX_GUESS 200
const char *args_guess(const struct args_rows *, struct slice name,
    const char *dashes, char text[ARGS_MAX_GUESS]);
bool args_is_ambiguous(
    const struct args_rows *, struct slice name, char text[ARGS_MAX_GUESS]);

/*
 * args_value.c: check a value and put it where it goes.  text is NULL where
 * there is none.  A fault exits, naming the option and its origin.
 */
void args_store(struct args_row *, const char *text);

/*
 * args_refuse.c: remember who gave this text, which stays where it is.
 */
void args_note(const struct args_row *, const char *text);

/*
 * args_help.c: --help; args_complete.c: --completions.  To standard output.
 */
void args_help(const struct args *, const struct args_rows *);
void args_complete(
    const struct args *, const struct args_rows *, enum args_shell);

#endif

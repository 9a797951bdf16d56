/*
 * args_complete.c - what bash and zsh need to complete the options.
 *
 * What an option takes is read from the name of its value: FILE and PATH are
 * files, DIR is a directory, words in small letters are words.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "bytes/slice.h"
#include "system/args_inside.h"

/* The words among the values that it names; returns how many. */
static size_t
words_of(const char *value, struct slice word[8])
{
	struct slice rest = slice_of(value);
	size_t n = 0;

	while (rest.p != NULL && n < 8) {
		struct slice w = slice_cut(&rest, '|');

		if (w.n > 0 && islower((unsigned char)w.p[0]))
			word[n++] = w;
	}
	return n;
}

enum place { NOWHERE, FILES, DIRS };

static enum place
place_of(const char *value)
{
	if (strstr(value, "DIR") != NULL)
		return DIRS;
	if (strstr(value, "FILE") != NULL || strstr(value, "PATH") != NULL)
		return FILES;
	return NOWHERE;
}

/* The name as a shell's function may have it. */
static void
print_function(const char *program)
{
	putchar('_');
	for (; *program != '\0'; program++)
		putchar(isalnum((unsigned char)*program) ? *program : '_');
}

static void
print_words(const char *value)
{
	struct slice word[8];
	size_t n = words_of(value, word);

	for (size_t i = 0; i < n; i++)
		printf("%s%.*s", i > 0 ? " " : "", (int)word[i].n, word[i].p);
}

/* --- bash --- */

static void
bash_value(const struct args_row *r)
{
	static const char *const files[] = { "", " $(compgen -f -- \"$cur\")",
		" $(compgen -d -- \"$cur\")" };
	const char *value = r->is->arg->value != NULL ? r->is->arg->value : "";
	enum place place = place_of(value);

	printf("\t--%s", r->shown);
	if (r->arg->letter != 0)
		printf(" | -%c", r->arg->letter);
	printf(")\n");
	if (place != NOWHERE)
		printf("\t\tcompopt -o filenames\n");
	printf("\t\tCOMPREPLY=($(compgen -W '");
	print_words(value);
	printf("' -- \"$cur\")%s)\n\t\treturn\n\t\t;;\n", files[place]);
}

static void
bash(const struct args *args, const struct args_rows *rows)
{
	printf("# bash completion for %s; made by \"%s --completions bash\"\n",
	    args->program, args->program);
	print_function(args->program);
	printf("()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
	       "prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	       "\t# --name=value comes as three words.\n"
	       "\tif [ \"$cur\" = = ]; then\n\t\tcur=\n"
	       "\telif [ \"$prev\" = = ]; then\n"
	       "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
	       "\tcase $prev in\n");
	for (size_t i = 0; i < rows->n; i++)
		if (args_takes_value(&rows->at[i]) &&
		    rows->at[i].kind != ARG_MAYBE)
			bash_value(&rows->at[i]);
	printf("\tesac\n\tcase $cur in\n\t-*)\n"
	       "\t\tCOMPREPLY=($(compgen -W '");
	for (size_t i = 0; i < rows->n; i++)
		printf("%s--%s", i > 0 ? " " : "", rows->at[i].shown);
	printf("' -- \"$cur\"))\n\t\t;;\n\t*)\n"
	       "\t\tcompopt -o filenames\n"
	       "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\t\t;;\n"
	       "\tesac\n}\ncomplete -F ");
	print_function(args->program);
	printf(" %s\n", args->program);
}

/* --- zsh --- */

/* In single quotes, and what _arguments itself looks at behind a backslash. */
static void
zsh_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			printf("'\\''");
			continue;
		}
		if (strchr("[]:\\", *text) != NULL)
			putchar('\\');
		putchar(*text);
	}
}

static void
zsh_value(const struct args_row *r)
{
	const char *value = r->is->arg->value;
	enum place place = place_of(value);
	struct slice word[8];

	printf(":");
	zsh_text(value);
	printf(":");
	if (words_of(value, word) > 0) {
		printf("(");
		print_words(value);
		printf(")");
	} else if (place != NOWHERE) {
		printf(place == DIRS ? "_files -/" : "_files");
	} else {
		printf(" ");
	}
}

static void
zsh_option(const struct args_row *r, const char *name)
{
	bool many = r->kind == ARG_LIST || r->kind == ARG_COUNT;

	printf(" \\\n\t'%s%s%s[", many ? "*" : "", name,
	    r->kind == ARG_MAYBE                                   ? "=-" :
		args_takes_value(r) && strncmp(name, "--", 2) == 0 ? "=" :
		args_takes_value(r)                                ? "+" :
								     "");
	zsh_text(r->arg->help);
	printf("]");
	if (r->kind == ARG_MAYBE)
		printf(":");
	if (args_takes_value(r))
		zsh_value(r);
	printf("'");
}

static void
zsh(const struct args *args, const struct args_rows *rows)
{
	printf("#compdef %s\n# made by \"%s --completions zsh\"\n"
	       "_arguments -s -S",
	    args->program, args->program);
	for (size_t i = 0; i < rows->n; i++) {
		const struct args_row *r = &rows->at[i];
		char name[ARGS_MAX_NAME + 3];

		if (r->arg->letter != 0) {
			snprintf(name, sizeof(name), "-%c", r->arg->letter);
			zsh_option(r, name);
		}
		snprintf(name, sizeof(name), "--%s", r->shown);
		zsh_option(r, name);
	}
	printf(" \\\n\t'*:operand:_files'\n");
}

void
args_complete(const struct args *args, const struct args_rows *rows,
    enum args_shell shell)
{
	if (shell == SHELL_BASH)
		bash(args, rows);
	else
		zsh(args, rows);
}

/*
 * args_refuse.c - who gave a value, and a fault in it that is found later.
 */
#include <stdarg.h>
#include <stdio.h>

#include "system/args_inside.h"
#include "system/log.h"

#define WHY_MAX   4096
#define GIVEN_MAX 512 /* of others their option is named, without a line */

static struct given {
	const char *text;
	const struct args_row *row;
	const char *file; /* or NULL */
	size_t line;
} given[GIVEN_MAX];

static size_t count;

void
args_note(const struct args_row *r, const char *text)
{
	if (text == NULL || count == GIVEN_MAX)
		return;
	given[count++] = (struct given){
		.text = text,
		.row = r,
		.file = r->is->origin == BY_FILE ? r->is->file : NULL,
		.line = r->is->line,
	};
}

/* The same address: it is that value and not one that says the same. */
static const struct given *
find(const char *text)
{
	for (size_t i = count; i-- > 0;)
		if (given[i].text == text)
			return &given[i];
	return NULL;
}

void
args_refuse(
    const char *option, const char *value, int code, const char *fmt, ...)
{
	const struct given *g = find(value);
	char why[WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (g == NULL)
		die(code, "%s %s: %s", option, value, why);
	if (g->file == NULL)
		die(code, "--%s %s: %s", g->row->shown, value, why);
	die(code == EXIT_USAGE ? EXIT_CONFIG : code, "%s:%zu: %s %s: %s",
	    g->file, g->line, g->row->shown, value, why);
}

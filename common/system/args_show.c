/*
 * args_show.c - what holds, and who said so (--print-config).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bytes/buf.h"
#include "system/args_inside.h"
#include "system/log.h"

#define COLUMN   40   /* where it says who gave it */
#define LINE_MAX 8192 /* longer ones are cut */

/* Does this text need quotes for args_file() to read it as it is? */
static bool
needs_quotes(const char *text)
{
	size_t n = strlen(text);

	return n == 0 || strchr("'\" \t", text[0]) != NULL ||
	    strchr(" \t", text[n - 1]) != NULL || strchr(text, '#') != NULL;
}

static void
add_text(struct buf *b, const char *text)
{
	const char *quote = !needs_quotes(text) ? "" :
	    strchr(text, '\'') == NULL          ? "'" :
						  "\"";

	buf_addf(b, " %s%s%s", quote, text, quote);
}

/* Seconds, with decimals where they say something. */
static void
add_seconds(struct buf *b, int64_t ms)
{
	buf_addf(b, " %" PRId64, ms / 1000);
	if (ms % 1000 == 0)
		return;
	buf_addf(b, ".%03d", (int)(ms % 1000));
	while (b->n > 0 && b->p[b->n - 1] == '0')
		b->n--;
}

static struct slice
word_of(const struct arg *a, int index)
{
	struct slice rest = slice_of(a->value), word = slice_cut(&rest, '|');

	while (index-- > 0)
		word = slice_cut(&rest, '|');
	return word;
}

/* How often is it given?  0: it is not, nor has it a default. */
static size_t
times(const struct args_row *r)
{
	const struct arg *a = r->arg;

	switch (r->kind) {
	case ARG_FLAG:
		return *a->flag;
	case ARG_COUNT:
		return (size_t)*a->count;
	case ARG_TEXT:
		return *a->text != NULL;
	case ARG_MAYBE:
		return *a->maybe != NULL;
	case ARG_LIST:
		return a->list->n;
	case ARG_NUMBER:
	case ARG_SIZE:
	case ARG_SECONDS: {
		uint64_t n = r->kind == ARG_SECONDS ? (uint64_t)*a->seconds :
		    r->kind == ARG_SIZE             ? *a->size :
						      *a->number;

		/* A default outside of what can be said stands for none. */
		return r->origin != BY_DEFAULT ||
		    (n >= a->min && n <= INT64_MAX &&
			(n > 0 || r->kind == ARG_NUMBER));
	}
	case ARG_CHOICE:
		return 1;
	}
	return 0;
}

static void
add_value(struct buf *b, const struct args_row *r, size_t i)
{
	const struct arg *a = r->arg;
	struct slice word;

	switch (r->kind) {
	case ARG_FLAG:
	case ARG_COUNT:
		break;
	case ARG_TEXT:
		add_text(b, *a->text);
		break;
	case ARG_MAYBE:
		if (**a->maybe != '\0')
			add_text(b, *a->maybe);
		break;
	case ARG_LIST:
		add_text(b, a->list->item[i]);
		break;
	case ARG_NUMBER:
		buf_addf(b, " %" PRIu64, *a->number);
		break;
	case ARG_SIZE:
		buf_addf(b, " %" PRIu64, *a->size);
		break;
	case ARG_SECONDS:
		add_seconds(b, *a->seconds);
		break;
	case ARG_CHOICE:
		word = word_of(a, *a->choice);
		buf_addf(b, " %.*s", (int)word.n, word.p);
		break;
	}
}

static void
print(const struct args_row *r, const struct buf *b)
{
	int width = b->n < COLUMN ? COLUMN : (int)b->n + 1;

	printf("%-*.*s# ", width, (int)b->n, b->p);
	if (r->origin == BY_FILE)
		printf("%s:%zu\n", r->file, r->line);
	else
		printf(
		    "%s\n", r->origin == BY_LINE ? "command line" : "default");
}

static void
show(const struct args_row *r)
{
	size_t n = times(r);
	struct buf b;

	buf_init(&b, LINE_MAX);
	for (size_t i = 0; i < n; i++) {
		buf_clear(&b);
		buf_addz(&b, r->shown);
		add_value(&b, r, i);
		print(r, &b);
	}
	if (n == 0)
		printf("#%s%s%s\n", r->shown, r->arg->value != NULL ? " " : "",
		    r->arg->value != NULL ? r->arg->value : "");
	buf_free(&b);
}

void
args_show(void)
{
	const struct args_rows *rows = args_gathered();

	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i].is == &rows->at[i] &&
		    !rows->at[i].arg->line_only)
			show(&rows->at[i]);
}

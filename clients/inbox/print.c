/*
 * print.c - messages as lines, and text that cannot harm a terminal.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inbox.h"

/* Bold is for a terminal that was not asked to do without (no-color.org). */
static bool
is_bold(FILE *to)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (no == NULL || no[0] == '\0') && isatty(fileno(to)) &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

/*
 * Bytes that are no control characters, those of C1 (U+0080 to U+009F) in
 * UTF-8 included; line breaks and tabs only where they may be.
 */
static void
put_safely(FILE *to, struct slice s, bool lines)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == 0xc2 && i + 1 < s.n &&
		    (unsigned char)s.p[i + 1] < 0xa0) {
			i++;
			continue;
		}
		if (lines && c == '\r')
			continue;
		if ((c < ' ' || c == 127) &&
		    !(lines && (c == '\n' || c == '\t')))
			c = lines ? '?' : ' ';
		putc(c, to);
	}
}

static struct slice
text_of(const json_t *text)
{
	if (!json_is_string(text))
		return (struct slice){ "", 0 };
	return (
	    struct slice){ json_string_value(text), json_string_length(text) };
}

void
print_text(FILE *to, const json_t *text)
{
	struct slice s = text_of(text);

	put_safely(to, s, true);
	if (s.n > 0 && s.p[s.n - 1] != '\n')
		putc('\n', to);
}

void
print_line(FILE *to, const json_t *text)
{
	put_safely(to, text_of(text), false);
	putc('\n', to);
}

/* Addresses, with names or without, or "-" for none. */
static void
put_addresses(FILE *to, const json_t *people, bool names)
{
	size_t n = json_is_array(people) ? json_array_size(people) :
	    json_is_object(people)       ? 1 :
					   0;

	if (n == 0)
		putc('-', to);
	for (size_t i = 0; i < n; i++) {
		const json_t *one =
		    json_is_array(people) ? json_array_get(people, i) : people;
		struct slice name = text_of(json_object_get(one, "Name"));
		struct slice a = text_of(json_object_get(one, "Address"));

		if (i > 0)
			fputs(names ? ", " : ",", to);
		if (names && name.n > 0) {
			put_safely(to, name, false);
			fputs(" <", to);
		}
		put_safely(to, a, false);
		if (names && name.n > 0)
			putc('>', to);
	}
}

void
print_people(FILE *to, const char *name, const json_t *people)
{
	if (json_is_array(people) && json_array_size(people) == 0)
		return;
	fprintf(to, "%s: ", name);
	put_addresses(to, people, true);
	putc('\n', to);
}

void
print_messages(FILE *to, const json_t *messages)
{
	bool bold = is_bold(to);
	size_t i;
	json_t *m;

	json_array_foreach(messages, i, m)
	{
		bool loud = bold && !json_is_true(json_object_get(m, "Read"));
		struct slice date = text_of(json_object_get(m, "Created"));
		struct slice subject = text_of(json_object_get(m, "Subject"));
		const json_t *copies = json_object_get(m, "Cc");

		if (loud)
			fputs("\033[1m", to);
		put_safely(to, text_of(json_object_get(m, "ID")), false);
		putc('\t', to);
		/* To the second: 2026-11-27T01:02:03Z */
		if (date.n > 19 && date.p[19] == '.' &&
		    date.p[date.n - 1] == 'Z')
			fprintf(to, "%.19sZ", date.p);
		else
			put_safely(to, date, false);
		putc('\t', to);
		put_addresses(to, json_object_get(m, "From"), false);
		putc('\t', to);
		put_addresses(to, json_object_get(m, "To"), false);
		if (json_array_size(copies) > 0) {
			putc(',', to);
			put_addresses(to, copies, false);
		}
		putc('\t', to);
		put_safely(to, subject, false);
		fputs(loud ? "\033[0m\n" : "\n", to);
	}
}

int
print_end(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return complain(EXIT_OUTPUT, "standard output: %s", strerror(errno));
}

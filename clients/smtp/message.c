/*
 * message.c - a message, from standard input to a file of its own.
 *
 * The file has no name.  It holds the message as the network wants it, so its
 * size is what SIZE= and BDAT say, and it can be sent more than once.
 */
#include "smtp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/smtp_data.h"
#include "system/log.h"

static _Noreturn void
fail(const char *what)
{
	die(EXIT_OSERR, "%s: %s", what, strerror(errno));
}

void
message_begin(struct message *l)
{
	*l = (struct message){ .file = tmpfile() };
	if (l->file == NULL)
		fail("temporary file");
}

void
message_add(struct message *l, struct slice s)
{
	if (s.n == 0)
		return;
	for (size_t i = 0; i < s.n && !l->eight_bit; i++)
		l->eight_bit = (unsigned char)s.p[i] > 127;
	if (fwrite(s.p, 1, s.n, l->file) != s.n)
		fail("temporary file");
	l->size += s.n;
}

/* A line that is a dot alone, as sendmail without -i takes it. */
static bool
is_end(const char *line, ssize_t n)
{
	return (n == 2 && memcmp(line, ".\n", 2) == 0) ||
	    (n == 3 && memcmp(line, ".\r\n", 3) == 0);
}

static void
add_text(struct message *l, struct smtp_lines *state, struct slice s)
{
	static char out[2 * 16384 + 2];

	while (s.n > 0) {
		struct slice piece = s;

		if (piece.n > sizeof(out) / 2)
			piece.n = sizeof(out) / 2;
		message_add(l,
		    (struct slice){ out, smtp_lines_put(state, piece, out) });
		s = slice_from(s, piece.n);
	}
}

static void
read_lines(struct message *l, FILE *in, struct smtp_lines *state)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, in)) > 0 && !is_end(line, n))
		add_text(l, state, (struct slice){ line, (size_t)n });
	free(line);
}

void
message_read(struct message *l, struct slice first, FILE *in, bool dots)
{
	struct smtp_lines state = { .after_cr = false };
	char piece[16384], last[1];
	size_t n;

	add_text(l, &state, first);
	if (dots)
		read_lines(l, in, &state);
	while (!dots && (n = fread(piece, 1, sizeof(piece), in)) > 0)
		add_text(l, &state, (struct slice){ piece, n });
	if (ferror(in))
		fail("standard input");
	n = smtp_lines_end(&state, last);
	message_add(l, (struct slice){ last, n });
}

void
message_end(struct message *l)
{
	if (fflush(l->file) != 0)
		fail("temporary file");
}

/*
 * message.c - a message ready for the network, in a file of its own.
 *
 * The file has no name.  It holds the message as the network wants it, so its
 * size is what SIZE= and BDAT say, and it can be sent more than once.
 */
#include "smtp.h"
#include "message.h"

#include <errno.h>
#include <string.h>

#include "system/log.h"

#define PIECE 16384

static _Noreturn void
fail(const char *what)
{
	die(EXIT_OSERR, "%s: %s", what, strerror(errno));
}

void
message_begin(struct message *l)
{
	*l = (struct message){ .file = input_file() };
	if (l->file == NULL)
		fail("temporary file");
}

/* What not every server takes. */
static void
look(struct message *l, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\r' || c == '\n')
			l->column = 0;
		else if (++l->column > MESSAGE_LINE_MAX || c == 0)
			l->odd = true;
		l->eight_bit = l->eight_bit || c > 127;
	}
}

/* Lines that are the network's already. */
static void
put(struct message *l, struct slice s)
{
	if (s.n == 0)
		return;
	look(l, s);
	if (fwrite(s.p, 1, s.n, l->file) != s.n)
		fail("temporary file");
	l->size += s.n;
}

void
message_add(struct message *l, struct slice s)
{
	static char out[2 * PIECE + 2];

	while (s.n > 0) {
		struct slice piece = s;
		size_t n;

		if (piece.n > PIECE)
			piece.n = PIECE;
		n = smtp_lines_put(&l->lines, piece, out);
		put(l, (struct slice){ out, n });
		s = slice_from(s, piece.n);
	}
}

void
message_copy(struct message *l, FILE *from)
{
	char piece[PIECE];
	size_t n;

	while ((n = fread(piece, 1, sizeof(piece), from)) > 0)
		message_add(l, (struct slice){ piece, n });
	if (ferror(from))
		fail("temporary file");
}

void
message_end(struct message *l)
{
	char last[1];
	size_t n = smtp_lines_end(&l->lines, last);

	put(l, (struct slice){ last, n });
	if (fflush(l->file) != 0)
		fail("temporary file");
}

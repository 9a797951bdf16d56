/*
 * sent.c - the bytes of a message as they were sent.
 */
#include "inboxd/sent.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "grammar/mail_ends.h"
#include "grammar/mail_trace.h"
#include "inboxd/inbox.h"
#include "web/web.h"

#define PIECE 32768 /* bytes of the file for one piece of the body */
#define LINE  8192  /* the block's first line is shorter */

/* A message on its way. */
struct sending {
	int fd;
	off_t at;
	struct mail_ends ends;
	bool ended;
	char in[PIECE], out[MAIL_ENDS_ROOM(PIECE)];
};

static enum piece_status
next(void *own, struct piece *p)
{
	struct sending *s = own;
	size_t n = 0;

	while (n == 0 && !s->ended) {
		ssize_t got = pread(s->fd, s->in, PIECE, s->at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return PIECE_BROKEN;
		s->ended = got == 0;
		s->at += got;
		n = s->ended ?
		    mail_ends_end(&s->ends, s->out) :
		    mail_ends_put(
			&s->ends, (struct slice){ s->in, (size_t)got }, s->out);
	}
	p->bytes = (struct slice){ s->out, n };
	return n > 0 ? PIECE_MORE : PIECE_END;
}

static void
done(void *own)
{
	struct sending *s = own;

	close(s->fd);
	free(s);
}

/* Is the block before the message one that was stored with LF? */
static bool
has_lf(int fd, int64_t offset)
{
	char line[LINE];
	size_t most = offset < LINE ? (size_t)offset : LINE;
	ssize_t n = pread(fd, line, most, 0);
	struct mail_trace t = { .lf = false };

	if (n > 0)
		mail_trace_read((struct slice){ line, (size_t)n }, &t);
	return t.lf;
}

void
sent_answer(struct exchange *x, int fd, int64_t offset, int64_t size)
{
	static const char type[] = "message/rfc822";
	struct sending *s;

	if (!has_lf(fd, offset)) {
		web_file(
		    x, 200, type, fd, (off_t)offset, (uint64_t)(size - offset));
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		close(fd);
		inbox_error(x, 500, "no memory");
		return;
	}
	s->fd = fd;
	s->at = (off_t)offset;
	web_pieces(x, 200, type, REPLY_OPEN_END, next, done, s);
}

void
sent_ends(struct buf *file)
{
	struct mail_ends e = { 0 };
	struct buf out;
	char *to;
	size_t n;

	buf_init(&out, MAIL_ENDS_ROOM(file->n));
	to = buf_room(&out, MAIL_ENDS_ROOM(file->n));
	if (to == NULL) {
		buf_free(&out);
		return;
	}
	n = mail_ends_put(&e, buf_slice(file), to);
	buf_grew(&out, n + mail_ends_end(&e, to + n));
	buf_free(file);
	*file = out;
}

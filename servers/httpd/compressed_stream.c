/*
 * compressed_stream.c - a larger file that is compressed while it is sent.
 */
#include "httpd/compressed_stream.h"

#include <stdlib.h>
#include <unistd.h>

#include "bytes/date.h"
#include "httpd/cached_tell.h"
#include "httpd/compress.h"
#include "httpd/site.h"

#define OUT_MAX (4 * COMPRESSED_PIECE) /* of one piece never comes so much */

struct stream {
	struct compressor *c;
	struct cached_file *f; /* held */
	size_t at;
	struct buf out;
};

struct slice
compressed_piece(const struct cached_file *f, size_t at)
{
	static char block[COMPRESSED_PIECE]; /* on the stack it is cleared */
	size_t n = (size_t)f->content.length - at;
	ssize_t got;

	n = n < sizeof(block) ? n : sizeof(block);
	if (f->fd < 0)
		return (struct slice){ f->bytes.p + at, n };
	got = pread(f->fd, block, n, (off_t)at);
	return (struct slice){ block, got < 0 ? 0 : (size_t)got };
}

static enum piece_status
next_piece(void *own, struct piece *p)
{
	struct stream *s = own;
	const size_t length = (size_t)s->f->content.length;

	buf_clear(&s->out);
	while (s->out.n == 0 && s->at < length) {
		struct slice in = compressed_piece(s->f, s->at);

		s->at += in.n;
		if (in.n == 0 ||
		    !compress_add(s->c, in, s->at == length, &s->out))
			return PIECE_BROKEN;
	}
	p->bytes = buf_slice(&s->out);
	return s->out.n > 0 ? PIECE_MORE : PIECE_END;
}

static void
stream_done(void *own)
{
	struct stream *s = own;

	compress_end(s->c);
	cached_file_release(s->f);
	buf_free(&s->out);
	free(s);
}

static struct stream *
stream_new(struct cached_file *f, enum content_coding coding)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	buf_init(&s->out, OUT_MAX);
	s->c = compress_begin(coding, (size_t)f->content.length);
	if (s->c == NULL) {
		free(s);
		return NULL;
	}
	s->f = f;
	f->users++;
	return s;
}

bool
compressed_stream(struct exchange *x, struct cached_file *plain,
    enum content_coding coding, const char *name)
{
	char etag[CACHED_FILE_ETAG_MAX], date[DATE_MAX_TEXT];
	struct stream *s = stream_new(plain, coding);

	if (s == NULL)
		return false;
	web_pieces(x, 200, plain->content.type, REPLY_OPEN_END, next_piece,
	    stream_done, s);
	cached_tell_compressed_etag(plain, name, etag);
	date_http(plain->content.validators.modified, date);
	web_fieldz(x, "Last-Modified", date);
	web_fieldz(x, "ETag", etag);
	web_fieldz(x, "Cache-Control", site.cache_control);
	web_fieldz(x, "Vary", "Accept-Encoding");
	web_fieldz(x, "Content-Encoding", name);
	if (plain->guessed)
		web_fieldz(x, "X-Content-Type-Options", "nosniff");
	return true;
}

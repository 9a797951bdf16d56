/*
 * api_part.c - a part of a message, decoded while it is sent.
 *
 * What a stranger has sent is shown from our own origin, so it must not be a
 * page of it: every part has a Content-Security-Policy that makes it a document
 * of no origin, without scripts and without a way to the network.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grammar/http_fields.h"
#include "grammar/transfer.h"
#include "inboxd/api.h"
#include "inboxd/segments.h"
#include "system/io.h"

#define PIECE          65536 /* bytes of the file for one piece of the body */
#define NAME_MAX_BYTES 4096

static const char inert[] =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/* A part on its way. */
struct decoding {
	int fd;
	off_t at;
	uint64_t left;
	bool ended;
	struct transfer transfer;
	struct buf out;
	char in[PIECE];
};

static enum piece_status
next(void *own, struct piece *p)
{
	struct decoding *d = own;
	ssize_t got;

	buf_clear(&d->out);
	while (d->out.n == 0 && !d->ended) {
		size_t n = d->left < PIECE ? (size_t)d->left : PIECE;

		got = n == 0 ? 0 : pread(d->fd, d->in, n, d->at);
		if (got < 0)
			return PIECE_BROKEN;
		if (got == 0) {
			transfer_end(&d->transfer, &d->out);
			d->ended = true;
			break;
		}
		transfer_add(&d->transfer, (struct slice){ d->in, (size_t)got },
		    &d->out);
		d->at += got;
		d->left -= (uint64_t)got;
	}
	if (d->out.failed)
		return PIECE_BROKEN;
	p->bytes = buf_slice(&d->out);
	return d->out.n > 0 ? PIECE_MORE : PIECE_END;
}

static void
done(void *own)
{
	struct decoding *d = own;

	close(d->fd);
	buf_free(&d->out);
	free(d);
}

static int
answer_decoded(struct exchange *x, int fd, int64_t offset, int64_t length,
    enum transfer_encoding encoding)
{
	struct decoding *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		close(fd);
		return inbox_error(x, 500, "no memory");
	}
	d->fd = fd;
	d->at = (off_t)offset;
	d->left = (uint64_t)length;
	transfer_begin(&d->transfer, encoding);
	buf_init(&d->out, TRANSFER_ROOM(PIECE) + TRANSFER_ROOM(0));
	return web_pieces(x, 200, NULL, REPLY_OPEN_END, next, done, d);
}

/* A type that may stand in our head, or none at all. */
static const char *
type_of(const json_t *part, char to[256])
{
	struct slice type =
	    slice_of(json_string_value(json_object_get(part, "ContentType")));
	struct slice charset =
	    slice_of(json_string_value(json_object_get(part, "Charset")));
	struct slice sub = type, major = slice_cut(&sub, '/');

	if (!http_is_token(major) || !http_is_token(sub) || type.n > 128)
		return "application/octet-stream";
	if (slice_iis(major, "text") && http_is_token(charset) &&
	    charset.n <= 64)
		snprintf(to, 256, "%.*s; charset=%.*s", SLICE_FMT(type),
		    SLICE_FMT(charset));
	else
		snprintf(to, 256, "%.*s", SLICE_FMT(type));
	return to;
}

static void
add_fields(struct exchange *x, const json_t *part)
{
	const char *name = json_string_value(json_object_get(part, "FileName"));
	char dl[2];
	bool keep = web_query(x, "dl", dl, sizeof(dl)) == 1 && dl[0] == '1';
	struct buf b;

	buf_init(&b, 4 * NAME_MAX_BYTES);
	buf_addz(&b, keep ? "attachment" : "inline");
	if (name != NULL && name[0] != '\0' && strlen(name) <= NAME_MAX_BYTES) {
		buf_addz(&b, "; filename*=UTF-8''");
		uri_encode(&b, slice_of(name));
	}
	if (!b.failed)
		web_field(x, "Content-Disposition", buf_slice(&b));
	buf_free(&b);
	web_fieldz(x, "Content-Security-Policy", inert);
	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	/* A message never changes, but it can be deleted. */
	web_fieldz(x, "Cache-Control", "no-cache");
}

static const json_t *
find_part(const json_t *document, const char *id)
{
	json_t *part;
	size_t i;

	json_array_foreach(json_object_get(document, "Parts"), i, part)
	{
		const char *its =
		    json_string_value(json_object_get(part, "PartID"));

		if (its != NULL && strcmp(its, id) == 0)
			return part;
	}
	return NULL;
}

static int64_t
number(const json_t *part, const char *key)
{
	return json_integer_value(json_object_get(part, key));
}

static void
answer_part(struct exchange *x, struct found *f, const json_t *part)
{
	enum transfer_encoding encoding = transfer_named(
	    slice_of(json_string_value(json_object_get(part, "Encoding"))));
	int64_t at = number(part, "Offset"), n = number(part, "Length");
	int64_t sent, size;
	char type[256];
	int fd = api_open(x, f, &sent, &size);

	if (fd < 0)
		return;
	if (at < 0 || n < 0 || at > size || n > size - at) {
		close(fd);
		inbox_error(x, 404, "the message is not as it was indexed");
		return;
	}
	if (encoding == TRANSFER_IDENTITY)
		web_file(x, 200, NULL, fd, (off_t)at, (uint64_t)n);
	else
		answer_decoded(x, fd, at, n, encoding);
	/* A field is copied; a type would have to live until it is sent. */
	web_fieldz(x, "Content-Type", type_of(part, type));
	add_fields(x, part);
}

int
api_part(struct exchange *x, const char *id)
{
	char which[SEGMENT_MAX];
	const json_t *part;
	struct found f;

	if (segments_second(x, "/api/v1/message/*/part/*", which) < 0)
		return inbox_error(x, 404, "no such part");
	if (api_find(x, id, &f, true) != 0)
		return 0;
	part = find_part(f.document, which);
	if (part == NULL)
		inbox_error(x, 404, "the message has no such part");
	else
		answer_part(x, &f, part);
	api_found_free(&f);
	return 0;
}

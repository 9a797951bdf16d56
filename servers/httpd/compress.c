/*
 * compress.c - bytes compressed, piece by piece, by zlib, zstd or brotli.
 *
 * Each at the level that gains most for the time of one request: what is to
 * be as small as can be is compressed beforehand (precompressed.h).
 */
#include "httpd/compress.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#define ROOM 16384 /* is asked of the buf at once */

#define GZIP_LEVEL    6
#define GZIP_WINDOW   (15 + 16) /* 32 KiB; a head and end of gzip, not zlib */
#define GZIP_MEMORY   8
#define ZSTD_LEVEL    3
#define BROTLI_LEVEL  4
#define BROTLI_WINDOW 18 /* 256 KiB */

/* How far it got: more is to come out, all is taken, or it broke. */
enum progress { MORE, TAKEN, BROKEN };

struct compressor {
	/* One step: takes of in, adds to out; says TAKEN when nothing of
	 * either is left over. */
	enum progress (*step)(struct compressor *, struct slice *in, bool last,
	    char *to, size_t room, size_t *made);
	void (*end)(struct compressor *);
	z_stream z;
	ZSTD_CCtx *zstd;
	BrotliEncoderState *brotli;
};

/* ---- zlib ---- */

static enum progress
gzip_step(struct compressor *c, struct slice *in, bool last, char *to,
    size_t room, size_t *made)
{
	int status;

	c->z.next_in = (z_const Bytef *)in->p;
	c->z.avail_in = (uInt)in->n;
	c->z.next_out = (Bytef *)to;
	c->z.avail_out = (uInt)room;
	status = deflate(&c->z, last ? Z_FINISH : Z_NO_FLUSH);
	*made = room - c->z.avail_out;
	*in = slice_from(*in, in->n - c->z.avail_in);
	if (status == Z_STREAM_ERROR)
		return BROKEN;
	if (last)
		return status == Z_STREAM_END ? TAKEN : MORE;
	return c->z.avail_out == 0 ? MORE : TAKEN;
}

static void
gzip_end(struct compressor *c)
{
	deflateEnd(&c->z);
}

static bool
gzip_begin(struct compressor *c)
{
	c->step = gzip_step;
	c->end = gzip_end;
	return deflateInit2(&c->z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW,
		   GZIP_MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
}

/* ---- zstd ---- */

static enum progress
zstd_step(struct compressor *c, struct slice *in, bool last, char *to,
    size_t room, size_t *made)
{
	ZSTD_inBuffer i = { in->p, in->n, 0 };
	ZSTD_outBuffer o = { .size = room };
	size_t left;

	o.dst = to;
	left = ZSTD_compressStream2(
	    c->zstd, &o, &i, last ? ZSTD_e_end : ZSTD_e_continue);

	*made = o.pos;
	*in = slice_from(*in, i.pos);
	if (ZSTD_isError(left))
		return BROKEN;
	if (last)
		return left == 0 ? TAKEN : MORE;
	return in->n > 0 || o.pos == o.size ? MORE : TAKEN;
}

static void
zstd_end(struct compressor *c)
{
	ZSTD_freeCCtx(c->zstd);
}

static bool
zstd_begin(struct compressor *c, size_t length)
{
	unsigned long long all =
	    length == COMPRESS_OPEN_END ? ZSTD_CONTENTSIZE_UNKNOWN : length;

	c->step = zstd_step;
	c->end = zstd_end;
	c->zstd = ZSTD_createCCtx();
	return c->zstd != NULL &&
	    !ZSTD_isError(ZSTD_CCtx_setParameter(
		c->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL)) &&
	    !ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(c->zstd, all));
}

/* ---- brotli ---- */

static enum progress
brotli_step(struct compressor *c, struct slice *in, bool last, char *to,
    size_t room, size_t *made)
{
	const uint8_t *next_in = (const uint8_t *)in->p;
	uint8_t *next_out = (uint8_t *)to;
	size_t n = in->n, left = room;

	if (!BrotliEncoderCompressStream(c->brotli,
		last ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_PROCESS, &n,
		&next_in, &left, &next_out, NULL))
		return BROKEN;
	*made = room - left;
	*in = slice_from(*in, in->n - n);
	if (last)
		return BrotliEncoderIsFinished(c->brotli) ? TAKEN : MORE;
	return n > 0 || BrotliEncoderHasMoreOutput(c->brotli) ? MORE : TAKEN;
}

static void
brotli_end(struct compressor *c)
{
	if (c->brotli != NULL)
		BrotliEncoderDestroyInstance(c->brotli);
}

static bool
brotli_begin(struct compressor *c, size_t length)
{
	uint32_t hint = length < UINT32_MAX ? (uint32_t)length : 0;

	c->step = brotli_step;
	c->end = brotli_end;
	c->brotli = BrotliEncoderCreateInstance(NULL, NULL, NULL);
	return c->brotli != NULL &&
	    BrotliEncoderSetParameter(
		c->brotli, BROTLI_PARAM_QUALITY, BROTLI_LEVEL) &&
	    BrotliEncoderSetParameter(
		c->brotli, BROTLI_PARAM_LGWIN, BROTLI_WINDOW) &&
	    BrotliEncoderSetParameter(c->brotli, BROTLI_PARAM_SIZE_HINT, hint);
}

/* ---- all of them ---- */

void
compress_end(struct compressor *c)
{
	if (c == NULL)
		return;
	c->end(c);
	free(c);
}

static bool
begin(struct compressor *c, enum content_coding coding, size_t length)
{
	switch (coding) {
	case CODING_ZSTD:
		return zstd_begin(c, length);
	case CODING_BR:
		return brotli_begin(c, length);
	case CODING_GZIP:
		break;
	}
	return gzip_begin(c);
}

struct compressor *
compress_begin(enum content_coding coding, size_t length)
{
	struct compressor *c = calloc(1, sizeof(*c));

	if (c == NULL || begin(c, coding, length))
		return c;
	compress_end(c);
	return NULL;
}

bool
compress_add(
    struct compressor *c, struct slice piece, bool last, struct buf *out)
{
	enum progress p;

	do {
		size_t room = out->max - out->n, made = 0;
		char *to;

		if (room == 0)
			return false;
		room = room < ROOM ? room : ROOM;
		to = buf_room(out, room);
		if (to == NULL)
			return false;
		p = c->step(c, &piece, last, to, room, &made);
		buf_grew(out, made);
	} while (p == MORE);
	return p == TAKEN;
}

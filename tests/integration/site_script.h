/*
 * site_script.h - a site of text that can be compressed well, and what has come
 * of it undone again.
 */
#ifndef SITE_SCRIPT_H
#define SITE_SCRIPT_H

#include <brotli/decode.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "rig/rig.h"
#include "site_ask.h"

#define SIZE  200000            /* app.js, and page.html */
#define LARGE (3 * 1024 * 1024) /* is compressed while it is sent */

static const char *dir;
static char *text; /* LARGE bytes that look like a script */

static inline void
write_part(const char *name, size_t n)
{
	FILE *f = fopen(rig_in(dir, name), "w");

	cr_assert(f != NULL && fwrite(text, 1, n, f) == n && fclose(f) == 0);
}

static inline void
start_with(const char *option)
{
	size_t n = 0;

	dir = rig_place();
	text = malloc(LARGE + 100);
	for (unsigned i = 0; n < LARGE; i++)
		n += (size_t)sprintf(
		    text + n, "let v%u = f(%u, 'word');\n", i * 7919 % 9973, i);
	write_part("app.js", SIZE);
	write_part("page.html", SIZE);
	write_part("large.json", LARGE);
	write_part("least.txt", 1024);
	write_part("less.txt", 1023);
	write_part("photo.jpg", 5000);
	rig_file(dir, "note.txt.gz", "\x1f\x8b\x08 is gzip, not text");
	rig_pause_ms(40); /* a file has its lasting ETag after 20 ms */
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--status",
	    "/its-status", dir, option));
}

/* What is in it, as it was before; n is told how much. */
static inline char *
undo(struct slice coding, struct slice in, size_t *n)
{
	size_t room = LARGE + 1;
	char *to = malloc(room);
	z_stream z = { 0 };

	if (slice_is(coding, "zstd")) {
		*n = ZSTD_decompress(to, room, in.p, in.n);
		cr_assert(!ZSTD_isError(*n) || in.n == 0);
		if (ZSTD_isError(*n))
			*n = 0;
	} else if (slice_is(coding, "br")) {
		*n = room;
		cr_assert_eq(BrotliDecoderDecompress(
				 in.n, (const uint8_t *)in.p, n, (uint8_t *)to),
		    BROTLI_DECODER_RESULT_SUCCESS);
	} else if (slice_is(coding, "gzip")) {
		z.next_in = (Bytef *)in.p;
		z.avail_in = (uInt)in.n;
		z.next_out = (Bytef *)to;
		z.avail_out = (uInt)room;
		cr_assert_eq(inflateInit2(&z, 15 + 16), Z_OK);
		cr_assert_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
		*n = z.total_out;
		inflateEnd(&z);
	} else {
		cr_assert(coding.n == 0 && in.n < room);
		*n = in.n;
		memcpy(to, in.p, in.n);
	}
	return to;
}

static inline void
expect_whole(const struct rig_reply *r, size_t size)
{
	size_t n;
	char *is = undo(rig_header(r, "Content-Encoding"), r->body, &n);

	cr_expect_eq(n, size, "%zu", n);
	cr_expect(n == size && memcmp(is, text, size) == 0);
	free(is);
}

#endif

/*
 * transfer.c - tests of grammar/transfer.h: tables, all ways to cut, and
 * GMime's decoders as a second opinion on what is legal.
 */
#include <criterion/criterion.h>
#include <gmime/gmime.h>

#include "grammar/base64.h"
#include "grammar/transfer.h"

struct row {
	const char *encoded, *bytes;
};

/* clang-format off */
static const struct row base64[] = {
	{ "", "" },
	{ "Zg==", "f" },
	{ "Zm8=", "fo" },
	{ "Zm9vYmFy", "foobar" },
	{ "Zm9v\r\nYmFy\r\n", "foobar" },
	/* Bad: what is no digit is skipped, what is complete is shown. */
	{ "Z m*9\tv", "foo" },
	{ "Zm9vYg", "foob" },
	{ "Zm9vYmE", "fooba" },
	{ "Zm9vY", "foo" },
	{ "Zm8=Zm8=", "fofo" },
	{ "====Zm8=", "fo" },
	{ "Zm9v\r\n-- \r\n", "foo" },
	{ "*", "" },
};

static const struct row quoted[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "a=3Db", "a=b" },
	{ "Gr=C3=BC=c3=9Fe", "Gr\xc3\xbc\xc3\x9f" "e" },
	{ "soft =\r\nbreak", "soft break" },
	{ "soft =\nbreak", "soft break" },
	{ "soft = \t\r\nbreak", "soft break" },
	{ "hard\r\nbreak\n", "hard\r\nbreak\n" },
	{ "=3D=3D=\r\n=3D", "===" },
	/* Bad: it stands for itself. */
	{ "a=b", "a=b" },
	{ "1+1=2", "1+1=2" },
	{ "a==3D", "a==" },
	{ "a= b", "a= b" },
	{ "=4x=4=42", "=4x=4B" },
	{ "=x", "=x" },
	{ "blank  \r\n", "blank  \r\n" },
	{ "soft =\rbreak", "soft break" },
	{ "=\r\r\n", "\r\n" },
	{ "end=", "end" },
	{ "end= ", "end" },
	{ "end=\r", "end" },
	{ "end=4", "end=4" },
};
/* clang-format on */

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Decode in pieces of step bytes. */
static void
decode(enum transfer_encoding e, struct slice in, size_t step, struct buf *out)
{
	struct transfer t;

	transfer_begin(&t, e);
	while (in.n > 0) {
		struct slice piece = { in.p, in.n < step ? in.n : step };

		transfer_add(&t, piece, out);
		in = slice_from(in, piece.n);
	}
	transfer_end(&t, out);
}

static void
try_all(enum transfer_encoding e, const struct row *rows, size_t count)
{
	struct buf b;

	buf_init(&b, 1000);
	for (size_t i = 0; i < count; i++)
		for (size_t step = 1; step <= 30; step++) {
			buf_clear(&b);
			decode(e, slice_of(rows[i].encoded), step, &b);
			cr_expect(slice_is(buf_slice(&b), rows[i].bytes),
			    "\"%s\" by %zu: \"%.*s\"", rows[i].encoded, step,
			    SLICE_FMT(b));
		}
	buf_free(&b);
}

Test(transfer, base64)
{
	try_all(TRANSFER_BASE64, base64, COUNT(base64));
}

Test(transfer, quoted_printable)
{
	try_all(TRANSFER_QUOTED, quoted, COUNT(quoted));
}

Test(transfer, identity_changes_nothing)
{
	static const struct slice bytes = SLICE("a=3D\0Zg==\r\n\xff");
	struct buf b;

	buf_init(&b, 100);
	decode(TRANSFER_IDENTITY, bytes, 3, &b);
	cr_expect(slice_eq(buf_slice(&b), bytes));
	buf_free(&b);
}

Test(transfer, names)
{
	/* clang-format off */
	static const struct {
		const char *name;
		enum transfer_encoding encoding;
	} rows[] = {
		{ "base64", TRANSFER_BASE64 },
		{ "BASE64", TRANSFER_BASE64 },
		{ "Quoted-Printable", TRANSFER_QUOTED },
		{ "7bit", TRANSFER_IDENTITY },
		{ "binary", TRANSFER_IDENTITY },
		{ "x-uuencode", TRANSFER_IDENTITY },
		{ "base64x", TRANSFER_IDENTITY },
		{ "", TRANSFER_IDENTITY },
	};
	/* clang-format on */

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_eq(transfer_named(slice_of(rows[i].name)),
		    rows[i].encoding, "%s", rows[i].name);
}

Test(transfer, many_blanks_are_text)
{
	char text[TRANSFER_BLANKS_MAX + 10];
	struct buf b;

	memset(text, ' ', sizeof(text));
	text[0] = '=';
	buf_init(&b, 1000);
	text[TRANSFER_BLANKS_MAX + 1] = '\n';
	decode(TRANSFER_QUOTED, (struct slice){ text, TRANSFER_BLANKS_MAX + 2 },
	    7, &b);
	cr_expect_eq(b.n, 0, "a soft line break: %zu bytes", b.n);
	text[TRANSFER_BLANKS_MAX + 1] = ' ';
	decode(TRANSFER_QUOTED, (struct slice){ text, sizeof(text) }, 7, &b);
	cr_expect(
	    slice_eq(buf_slice(&b), (struct slice){ text, sizeof(text) }));
	buf_free(&b);
}

/* GMime encodes, GMime and we decode. */
static void
compare(GMimeContentEncoding how, enum transfer_encoding e, struct slice bytes)
{
	GMimeEncoding g;
	char text[4096], back[4096];
	size_t n, m;
	struct buf b;

	g_mime_encoding_init_encode(&g, how);
	n = g_mime_encoding_flush(&g, bytes.p, bytes.n, text);
	g_mime_encoding_init_decode(&g, how);
	m = g_mime_encoding_flush(&g, text, n, back);
	buf_init(&b, sizeof(back));
	decode(e, (struct slice){ text, n }, 5, &b);
	cr_expect(slice_eq(buf_slice(&b), (struct slice){ back, m }), "%.*s",
	    (int)n, text);
	cr_expect(slice_eq(buf_slice(&b), bytes));
	buf_free(&b);
}

Test(transfer, as_gmime_does_it)
{
	unsigned seed = 1;

	g_mime_init();
	for (int round = 0; round < 200; round++) {
		char bytes[1000];
		size_t n = (size_t)rand_r(&seed) % sizeof(bytes);

		/* Text has lines; other bytes are anything. */
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)(round % 2 == 0 ? rand_r(&seed) :
				rand_r(&seed) % 30 == 0  ? '\n' :
							   ' ' +
				    rand_r(&seed) % 200);
		compare(GMIME_CONTENT_ENCODING_BASE64, TRANSFER_BASE64,
		    (struct slice){ bytes, n });
		if (round % 2 == 1)
			compare(GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
			    TRANSFER_QUOTED, (struct slice){ bytes, n });
	}
}

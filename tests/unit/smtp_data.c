/*
 * smtp_data.c - tests of grammar/smtp_data.h.
 *
 * Every row is fed whole, byte by byte, and cut in two at every place.
 */
#include <criterion/criterion.h>

#include "bytes/buf.h"
#include "grammar/smtp_data.h"

#define LF SMTP_BARE_LF
#define CR SMTP_BARE_CR

/* clang-format off */
static const struct {
	const char *row;          /* of the table of inputs and answers */
	struct slice in;          /* behind the 354 */
	struct slice message;     /* what is stored */
	struct slice rest;        /* what is left for the next command */
	bool ended;
	unsigned notices;
} rows[] = {
	{ "dot-stuffing", SLICE("a\r\n..b\r\n.\r\n"), SLICE("a\r\n.b\r\n"), SLICE(""), true, 0 },
	{ "dot-stuffing", SLICE("..\r\n.\r\n"), SLICE(".\r\n"), SLICE(""), true, 0 },
	{ "dot-stuffing", SLICE("...\r\n.\r\n"), SLICE("..\r\n"), SLICE(""), true, 0 },
	{ "dot-stuffing", SLICE("a.\r\n.\r\n"), SLICE("a.\r\n"), SLICE(""), true, 0 },
	{ "dot-stuffing", SLICE(".a\r\n.\r\n"), SLICE("a\r\n"), SLICE(""), true, 0 },
	{ "dot-stuffing", SLICE("a\r\n.\r"), SLICE("a\r\n"), SLICE(""), false, 0 },
	{ "dot-stuffing", SLICE("a\r\n."), SLICE("a\r\n"), SLICE(""), false, 0 },
	{ "dot-stuffing", SLICE("a\r\n.\rb\r\n.\r\n"), SLICE("a\r\n\rb\r\n"), SLICE(""), true, CR },
	{ "dot-stuffing", SLICE("a\r\n.\r.\r\n.\r\n"), SLICE("a\r\n\r.\r\n"), SLICE(""), true, CR },
	{ "dot-stuffing", SLICE(".\r\r\n.\r\n"), SLICE("\r\r\n"), SLICE(""), true, CR },
	{ "DATA empty", SLICE(".\r\n"), SLICE(""), SLICE(""), true, 0 },
	{ "DATA empty", SLICE("\r\n.\r\n"), SLICE("\r\n"), SLICE(""), true, 0 },
	{ "pipelined commands after DATA's dot", SLICE("a\r\n.\r\nQUIT\r\n"), SLICE("a\r\n"), SLICE("QUIT\r\n"), true, 0 },
	{ "pipelined commands after DATA's dot", SLICE(".\r\n.\r\n"), SLICE(""), SLICE(".\r\n"), true, 0 },
	{ "<LF>.<LF>", SLICE("a\n.\nb"), SLICE("a\n.\nb"), SLICE(""), false, LF },
	{ "<LF>.<LF>", SLICE("a\n.\nMAIL FROM:<x>\r\n.\r\n"), SLICE("a\n.\nMAIL FROM:<x>\r\n"), SLICE(""), true, LF },
	{ "<LF>.<CRLF>", SLICE("a\n.\r\nb\r\n.\r\n"), SLICE("a\n.\r\nb\r\n"), SLICE(""), true, LF },
	{ "<CRLF>.<LF>", SLICE("a\r\n.\nb\r\n.\r\n"), SLICE("a\r\n\nb\r\n"), SLICE(""), true, LF },
	{ "<CR>.<CR>", SLICE("a\r.\rb\r\n.\r\n"), SLICE("a\r.\rb\r\n"), SLICE(""), true, CR },
	{ "<CR>.<CRLF>", SLICE("a\r.\r\nb\r\n.\r\n"), SLICE("a\r.\r\nb\r\n"), SLICE(""), true, CR },
	{ "<CRLF>.<CR><CRLF>", SLICE("a\r\n.\r\r\nb\r\n.\r\n"), SLICE("a\r\n\r\r\nb\r\n"), SLICE(""), true, CR },
	{ "<LF><CR>", SLICE("a\n\rb\r\n.\r\n"), SLICE("a\n\rb\r\n"), SLICE(""), true, LF | CR },
	{ "bare CR in DATA", SLICE("a\rb\r\n.\r\n"), SLICE("a\rb\r\n"), SLICE(""), true, CR },
	{ "bare CR in DATA", SLICE("a\r\r\n.\r\n"), SLICE("a\r\r\n"), SLICE(""), true, CR },
	{ "bare LF in DATA", SLICE("\n.\r\n"), SLICE("\n.\r\n"), SLICE(""), false, LF },
	{ "NUL in DATA", SLICE("a\0b\r\n.\r\n"), SLICE("a\0b\r\n"), SLICE(""), true, SMTP_NUL },
	{ "NUL in DATA", SLICE("\0.\r\n.\r\n"), SLICE("\0.\r\n"), SLICE(""), true, SMTP_NUL },
	{ "8-bit body", SLICE("\xff\x80\x0b\x0c\r\n.\r\n"), SLICE("\xff\x80\x0b\x0c\r\n"), SLICE(""), true, 0 },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* Feed a piece from memory of its own, so that an overrun is seen. */
static size_t
feed(struct smtp_reader *r, struct slice piece, struct buf *out)
{
	char *to = buf_room(out, piece.n + 1);
	size_t n, taken = smtp_reader_take(r, piece, to, &n);

	cr_assert(n <= piece.n + 1);
	buf_grew(out, n);
	return taken;
}

static void
check(size_t i, struct smtp_reader *r, struct buf *out, size_t taken,
    const char *how)
{
	cr_expect(slice_eq(buf_slice(out), rows[i].message),
	    "row %zu (%s) %s: other bytes", i, rows[i].row, how);
	cr_expect(slice_eq(slice_from(rows[i].in, taken), rows[i].rest),
	    "row %zu (%s) %s: took %zu", i, rows[i].row, how, taken);
	cr_expect_eq(r->ended, rows[i].ended, "row %zu (%s) %s: end", i,
	    rows[i].row, how);
	cr_expect_eq(r->notices, rows[i].notices, "row %zu (%s) %s: notices %x",
	    i, rows[i].row, how, r->notices);
	cr_expect_eq(r->size, out->n);
}

/* Feed row i in pieces: up to cut, and then step bytes at a time. */
static void
feed_row(size_t i, size_t cut, size_t step, const char *how)
{
	struct smtp_reader r;
	struct slice rest = rows[i].in;
	struct buf out;
	size_t taken = 0;

	buf_init(&out, 1000);
	smtp_reader_init(&r);
	while (rest.n > 0 && !r.ended) {
		struct slice piece = rest;
		size_t n;

		if (piece.n > cut && cut > 0)
			piece.n = cut;
		n = feed(&r, piece, &out);
		cr_assert(n == piece.n || r.ended);
		taken += n;
		rest = slice_from(rest, n);
		cut = step;
	}
	check(i, &r, &out, taken, how);
	buf_free(&out);
}

Test(smtp_data, rows_whole)
{
	for (size_t i = 0; i < ROWS; i++)
		feed_row(i, 0, 0, "whole");
}

Test(smtp_data, rows_byte_by_byte)
{
	for (size_t i = 0; i < ROWS; i++)
		feed_row(i, 1, 1, "byte by byte");
}

Test(smtp_data, rows_cut_everywhere)
{
	for (size_t i = 0; i < ROWS; i++)
		for (size_t cut = 1; cut < rows[i].in.n; cut++)
			feed_row(i, cut, rows[i].in.n, "in two");
}

/* clang-format off */
static const struct {
	const char *row;
	struct slice message, wire;
} written[] = {
	{ "dot-stuffing", SLICE(".a\r\n"), SLICE("..a\r\n.\r\n") },
	{ "dot-stuffing", SLICE("a\r\n.\r\n"), SLICE("a\r\n..\r\n.\r\n") },
	{ "dot-stuffing", SLICE("a\r\n.\r\nb"), SLICE("a\r\n..\r\nb\r\n.\r\n") },
	{ "dot-stuffing", SLICE("a.b\r\n"), SLICE("a.b\r\n.\r\n") },
	{ "dot-stuffing", SLICE("a\n.b\r.c\r\n"), SLICE("a\n.b\r.c\r\n.\r\n") },
	{ "DATA empty", SLICE(""), SLICE(".\r\n") },
	{ "last line without CRLF", SLICE("a"), SLICE("a\r\n.\r\n") },
	{ "last line without CRLF", SLICE("a\r"), SLICE("a\r\r\n.\r\n") },
};
/* clang-format on */

Test(smtp_data, writer_doubles_dots_in_every_split)
{
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		struct slice m = written[i].message;

		for (size_t cut = 0; cut <= m.n; cut++) {
			struct smtp_writer w;
			char out[100];
			size_t n;

			smtp_writer_init(&w);
			n = smtp_writer_put(
			    &w, (struct slice){ m.p, cut }, out);
			n += smtp_writer_put(&w, slice_from(m, cut), out + n);
			n += smtp_writer_end(&w, out + n);
			cr_expect(
			    slice_eq((struct slice){ out, n }, written[i].wire),
			    "row %zu (%s) cut at %zu", i, written[i].row, cut);
		}
	}
}

/* clang-format off */
static const struct {
	struct slice text, lines;
} texts[] = {
	{ SLICE(""), SLICE("") },
	{ SLICE("a\nb\n"), SLICE("a\r\nb\r\n") },
	{ SLICE("a\r\nb\r\n"), SLICE("a\r\nb\r\n") },
	{ SLICE("a\rb"), SLICE("a\r\nb") },
	{ SLICE("a\r\r\n\n\r"), SLICE("a\r\n\r\n\r\n\r\n") },
	{ SLICE("\n"), SLICE("\r\n") },
};
/* clang-format on */

Test(smtp_data, lines_of_the_network_in_every_split)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct slice t = texts[i].text;

		for (size_t cut = 0; cut <= t.n; cut++) {
			struct smtp_lines l = { .after_cr = false };
			char out[100];
			size_t n;

			n = smtp_lines_put(&l, (struct slice){ t.p, cut }, out);
			n += smtp_lines_put(&l, slice_from(t, cut), out + n);
			n += smtp_lines_end(&l, out + n);
			cr_expect(
			    slice_eq((struct slice){ out, n }, texts[i].lines),
			    "text %zu cut at %zu", i, cut);
		}
	}
}

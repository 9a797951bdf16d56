/*
 * http_chunked.c - the chunked coding: rules 37 to 42, whole and in every
 * split.
 */
#include "grammar/http_chunked.h"

#include <criterion/criterion.h>

#include "grammar/http_fault.h"
#include "split.h"

#define END  "0\r\n\r\n"
#define MORE 0 /* not finished, not wrong */
#define DONE 1

struct row {
	int rule;
	struct slice in;
	int expect;
	const char *data;
};

/* clang-format off */
static const struct row rows[] = {
	{ 0, SLICE(END), DONE, "" },
	{ 0, SLICE("5\r\nhello\r\n" END), DONE, "hello" },
	{ 0, SLICE("5\r\nhello\r\n6\r\n world\r\n" END), DONE, "hello world" },
	{ 0, SLICE("5\r\nhello\r\n"), MORE, "hello" },
	{ 0, SLICE("A\r\n0123456789\r\n" END), DONE, "0123456789" },
	{ 0, SLICE("a\r\n0123456789\r\n" END), DONE, "0123456789" },
	{ 0, SLICE("0000000000000002\r\nhi\r\n000\r\n\r\n"), DONE, "hi" },
	{ 0, SLICE("4\r\n\r\n\r\n\r\n" END), DONE, "\r\n\r\n" },
	{ 37, SLICE("+5\r\nhello\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 37, SLICE("-5\r\nhello\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 37, SLICE("0x5\r\nhello\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 37, SLICE("5_0\r\nhello\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 37, SLICE(" 5\r\nhello\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 37, SLICE("5 \r\nhello\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 37, SLICE("5 5\r\nhello\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 37, SLICE("\r\nhello\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 37, SLICE("5g\r\nhello\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 37, SLICE(";a\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 38, SLICE("00000000000000005\r\nhello"), HTTP_LONG_CHUNK_SIZE, NULL },
	{ 38, SLICE("ffffffffffffffff\r\n"), HTTP_LONG_CHUNK_SIZE, NULL },
	{ 38, SLICE("8000000000000000\r\n"), HTTP_LONG_CHUNK_SIZE, NULL },
	{ 38, SLICE("7fffffffffffffff\r\n"), MORE, "" },
	{ 38, SLICE("1\r\na\r\n7fffffffffffffff\r\n"), HTTP_LONG_CHUNK_SIZE,
	    NULL },
	{ 39, SLICE("5\nhello\r\n" END), HTTP_BAD_CHUNK_LINE, NULL },
	{ 39, SLICE("5\rhello\r\n" END), HTTP_BAD_CHUNK_LINE, NULL },
	{ 39, SLICE("5 \nhello\r\n" END), HTTP_BAD_CHUNK_LINE, NULL },
	{ 39, SLICE("5;a\nhello\r\n" END), HTTP_BAD_CHUNK_LINE, NULL },
	{ 39, SLICE("5;a=b\nhello\r\n" END), HTTP_BAD_CHUNK_LINE, NULL },
	{ 39, SLICE("5;a=\"b\nc\"\r\nhello" END), HTTP_BAD_CHUNK_LINE, NULL },
	{ 39, SLICE("5;a\rb\r\nhello\r\n" END), HTTP_BAD_CHUNK_LINE, NULL },
	{ 39, SLICE("0\r\n\n"), HTTP_BAD_TRAILER, NULL },
	{ 39, SLICE("0\r\n\rX"), HTTP_BAD_TRAILER, NULL },
	{ 40, SLICE("5\r\nhelloXX" END), HTTP_BAD_CHUNK_END, NULL },
	{ 40, SLICE("5\r\nhello\r0"), HTTP_BAD_CHUNK_END, NULL },
	{ 40, SLICE("5\r\nhello\n" END), HTTP_BAD_CHUNK_END, NULL },
	{ 40, SLICE("5\r\nhello world\r\n" END), HTTP_BAD_CHUNK_END, NULL },
	{ 40, SLICE("5\r\nhello\r\nXX\r\n"), HTTP_BAD_CHUNK_SIZE, NULL },
	{ 41, SLICE("5;a\r\nhello\r\n" END), DONE, "hello" },
	{ 41, SLICE("5;a=b;c=\"d\\\"e;\t\"\r\nhello\r\n" END), DONE, "hello" },
	{ 41, SLICE("5 ; a = b ;c\r\nhello\r\n" END), DONE, "hello" },
	{ 41, SLICE("5;a=\"b\" ;c = d\r\nhello\r\n" END), DONE, "hello" },
	{ 41, SLICE("5\t;a\r\nhello\r\n0;z\r\n\r\n"), DONE, "hello" },
	{ 41, SLICE("5;\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;=a\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a=\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a=b=c\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a b\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a \r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a=b \r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a=\"b\"c\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a=\"b\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a=\"\0\"\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a\0\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 41, SLICE("5;a/b\r\nhello"), HTTP_BAD_CHUNK_EXT, NULL },
	{ 42, SLICE("0\r\nContent-Length: 5\r\nHost: x\r\n\r\n"), DONE, "" },
	{ 42, SLICE("0\r\nX:\ta\x80\r\n\r\n"), DONE, "" },
	{ 42, SLICE("0\r\nX\r\n\r\n"), HTTP_BAD_TRAILER, NULL },
	{ 42, SLICE("0\r\nX : a\r\n\r\n"), HTTP_BAD_TRAILER, NULL },
	{ 42, SLICE("0\r\n X: a\r\n\r\n"), HTTP_BAD_TRAILER, NULL },
	{ 42, SLICE("0\r\n: a\r\n\r\n"), HTTP_BAD_TRAILER, NULL },
	{ 42, SLICE("0\r\nX: a\0\r\n\r\n"), HTTP_BAD_TRAILER, NULL },
	{ 42, SLICE("0\r\nX: a\n\r\n"), HTTP_BAD_TRAILER, NULL },
	{ 42, SLICE("0\r\nX: a\rb\r\n\r\n"), HTTP_BAD_TRAILER, NULL },
};
/* clang-format on */

struct outcome {
	int status;
	size_t eaten;
	char data[256];
	size_t n;
};

/* Feed in pieces of at most `piece` bytes. */
static struct outcome
decode(struct slice in, size_t piece)
{
	struct outcome o = { 0 };
	struct http_chunked c = { 0 };

	while (in.n > 0 && !c.done) {
		struct slice part = { in.p, in.n < piece ? in.n : piece };
		struct slice data;
		char *copy = split_copy(part);
		ssize_t n =
		    http_chunked_eat(&c, (struct slice){ copy, part.n }, &data);

		if (n >= 0) {
			if (data.n > 0)
				memcpy(o.data + o.n, data.p, data.n);
			o.n += data.n;
			o.eaten += (size_t)n;
			in = slice_from(in, (size_t)n);
		}
		free(copy);
		if (n < 0) {
			o.status = (int)n;
			cr_expect(http_chunked_eat(
				      &c, (struct slice)SLICE("0"), &data) == n,
			    "a fault stays");
			return o;
		}
	}
	o.status = c.done ? DONE : MORE;
	return o;
}

Test(http_chunked, rules)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		for (size_t piece = 1; piece <= row->in.n; piece++) {
			struct outcome o = decode(row->in, piece);

			cr_expect(o.status == row->expect,
			    "rule %d, row %zu by %zu: %d (%s), not %d",
			    row->rule, i, piece, o.status,
			    http_fault(o.status)->why, row->expect);
			if (row->data != NULL)
				cr_expect(o.n == strlen(row->data) &&
					memcmp(o.data, row->data, o.n) == 0,
				    "rule %d, row %zu by %zu: data", row->rule,
				    i, piece);
		}
	}
}

Test(http_chunked, leaves_what_follows)
{
	static const struct slice in = SLICE("2\r\nhi\r\n" END "GET / ");

	for (size_t piece = 1; piece <= in.n; piece++) {
		struct outcome o = decode(in, piece);

		cr_expect(o.status == DONE);
		cr_expect(o.eaten == in.n - 6, "by %zu: %zu", piece, o.eaten);
	}
}

/* Repeat a piece between begin and end; how does it come out? */
static int
repeat(const char *begin, const char *piece, size_t times, const char *end)
{
	size_t n = strlen(piece);
	char *text = malloc(strlen(begin) + n * times + strlen(end) + 1);
	char *p = stpcpy(text, begin);
	struct http_chunked c = { 0 };
	struct slice rest, data;
	ssize_t eaten = 1;

	while (times-- > 0)
		p = stpcpy(p, piece);
	p = stpcpy(p, end);
	rest = slice_between(text, p);
	while (rest.n > 0 && eaten > 0) {
		eaten = http_chunked_eat(&c, rest, &data);
		if (eaten > 0)
			rest = slice_from(rest, (size_t)eaten);
	}
	free(text);
	return eaten < 0 ? (int)eaten : c.done ? DONE : MORE;
}

Test(http_chunked, limits)
{
	/* The limit counts what stands behind ";" and the CR. */
	cr_expect(
	    repeat("0;", "a", HTTP_CHUNK_EXT_MAX - 1, "\r\n\r\n") == DONE);
	cr_expect(repeat("0;", "a", HTTP_CHUNK_EXT_MAX, "\r\n\r\n") ==
	    HTTP_LONG_CHUNK_EXT);
	cr_expect(repeat("", "1;abc\r\nx\r\n", 1000, END) == DONE);
	cr_expect(
	    repeat("", "1;abc\r\nx\r\n", 2000, END) == HTTP_LONG_CHUNK_EXT,
	    "in all chunks together");
	cr_expect(repeat("0\r\n", "A:\r\n", 100, "\r\n") == DONE);
	cr_expect(repeat("0\r\n", "A:\r\n", 101, "\r\n") == HTTP_LONG_TRAILERS);
	cr_expect(repeat("0\r\nA:", "b", HTTP_TRAILERS_MAX, "\r\n\r\n") ==
	    HTTP_LONG_TRAILERS);
}

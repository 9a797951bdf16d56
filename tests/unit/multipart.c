/*
 * multipart.c - what forms send, as browsers and curl do it, and broken ones.
 */
#include "grammar/multipart.h"

#include <criterion/criterion.h>
#include <string.h>

#include "bytes/buf.h"
#include "split.h"

#define TYPE "multipart/form-data; boundary=XX"
#define FILE_PART(name, data)                                            \
	"--XX\r\nContent-Disposition: form-data; name=\"f\"; "           \
	"filename=\"" name "\"\r\nContent-Type: text/plain\r\n\r\n" data \
	"\r\n"

/* Feed it in pieces of step bytes; what came of it goes to told. */
static int
feed(struct slice all, size_t step, struct buf *told)
{
	struct multipart_news news;
	struct multipart m;
	struct buf in;
	ssize_t n = 0;

	cr_assert_eq(multipart_begin(&m, slice_of(TYPE)), 0);
	buf_init(&in, 65536);
	while (all.n > 0 && n >= 0) {
		struct slice piece = { all.p, step < all.n ? step : all.n };

		all = slice_from(all, piece.n);
		buf_adds(&in, piece);
		for (;;) {
			char *copy = split_copy(buf_slice(&in));

			n = multipart_eat(
			    &m, (struct slice){ copy, in.n }, &news);
			if (n > 0 && news.kind == MULTIPART_HEAD)
				buf_addf(told, "<%.*s:%.*s>",
				    SLICE_FMT(news.name), SLICE_FMT(news.file));
			else if (n > 0 && news.kind == MULTIPART_DATA)
				buf_adds(told, news.data);
			else if (n > 0 && news.kind == MULTIPART_END)
				buf_addz(told, "|");
			else if (n > 0 && news.kind == MULTIPART_OVER)
				buf_addz(told, ".");
			free(copy);
			if (n <= 0)
				break;
			buf_eat(&in, (size_t)n);
		}
	}
	buf_free(&in);
	return n < 0 ? (int)n : 0;
}

static const struct {
	const char *text, *told;
	int status;
} rows[] = {
	{ FILE_PART("a", "one") "--XX--\r\n", "<f:a>one|.", 0 },
	{ FILE_PART("a", "") "--XX--", "<f:a>|.", 0 },
	{ FILE_PART("a", "one") FILE_PART("b", "two\r\n") "--XX--",
	    "<f:a>one|<f:b>two\r\n|.", 0 },
	{ "before\r\n" FILE_PART("a", "x") "--XX--\r\nbehind --XX", "<f:a>x|.",
	    0 },
	{ "--XX \t\r\nContent-Disposition: form-data; name=t\r\n\r\ntext\r\n"
	  "--XX--",
	    "<t:>text|.", 0 },
	/* Almost a boundary. */
	{ FILE_PART("a", "\r\n\r\n--\r\n--X\r--XX\n--XX") "--XX--",
	    "<f:a>\r\n\r\n--\r\n--X\r--XX\n--XX|.", 0 },
	{ FILE_PART("a", "x") "--XX-", "<f:a>x|", 0 },
	{ FILE_PART("a", "x"), "<f:a>x\r\n", 0 },
	{ "", "", 0 },
	{ "nothing of the kind", "", 0 },
	{ "--XXY\r\n", "", MULTIPART_BAD },
	{ "--XX\n\n", "", MULTIPART_BAD },
	{ "--XX\r\n\r\n", "", MULTIPART_BAD_HEAD },
	{ "--XX\r\nContent-Disposition: attachment; name=x\r\n\r\n", "",
	    MULTIPART_BAD_HEAD },
	{ "--XX\r\nContent-Disposition: form-data\r\n\r\n", "",
	    MULTIPART_BAD_HEAD },
	{ "--XX\r\nno field\r\n\r\n", "", MULTIPART_BAD_HEAD },
};

Test(multipart, however_it_arrives)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t step = 1; step <= strlen(rows[i].text) + 1;
		     step += step < 80 ? 1 : 100) {
			struct buf told;
			int status;

			buf_init(&told, 65536);
			status = feed(slice_of(rows[i].text), step, &told);
			cr_expect_eq(status, rows[i].status, "%zu by %zu: %d",
			    i, step, status);
			/* The end of what was cut may be a boundary's. */
			cr_expect(strncmp(buf_str(&told), rows[i].told,
				      told.n) == 0 &&
				strlen(rows[i].told) - told.n <= 2,
			    "%zu by %zu: %s", i, step, buf_str(&told));
			buf_free(&told);
		}
}

Test(multipart, a_head_has_a_limit)
{
	struct buf in, told;

	buf_init(&in, 65536);
	buf_init(&told, 65536);
	buf_addz(&in, "--XX\r\nX: ");
	for (size_t i = 0; i < MULTIPART_HEAD_MAX; i++)
		buf_addc(&in, 'x');
	cr_expect_eq(feed(buf_slice(&in), 100, &told), MULTIPART_TOO_LONG);
	buf_free(&in);
	buf_free(&told);
}

Test(multipart, types)
{
	static const struct {
		const char *type;
		int status;
	} types[] = {
		{ TYPE, 0 },
		{ "Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"", 0 },
		{ "multipart/form-data; "
		  "boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
		    0 },
		{ "", -1 },
		{ "multipart/form-data", -1 },
		{ "multipart/form-data; boundary=", -1 },
		{ "multipart/form-data; boundary=\"a \"", -1 },
		{ "multipart/form-data; boundary=\"a\x01\"", -1 },
		{ "multipart/mixed; boundary=a", -1 },
		{ "application/x-www-form-urlencoded", -1 },
		{ "multipart/form-data; boundary="
		  "12345678901234567890123456789012345678901234567890"
		  "123456789012345678901",
		    -1 },
	};
	struct multipart m;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		cr_expect_eq(multipart_begin(&m, slice_of(types[i].type)),
		    types[i].status, "%s", types[i].type);
}

Test(multipart, names)
{
	static const struct {
		const char *sent, *is; /* NULL: none */
	} names[] = {
		{ "a.txt", "a.txt" },
		{ "gr\xc3\xbcn & b.txt", "gr\xc3\xbcn & b.txt" },
		{ "a%22b%20.txt", "a\"b%20.txt" },
		{ "a\\\"b\\\\c\\d", "a\"b\\c\\d" },
		{ "folder/deep/a.txt", "a.txt" },
		{ "../../etc/passwd", "passwd" },
		{ "a/", NULL },
		{ "", NULL },
		{ "a%0D%0Ab", NULL },
		{ "a\tb", NULL },
		{ "12345678901234567890", NULL },
	};
	char to[20];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ssize_t n = multipart_file_name(
		    slice_of(names[i].sent), to, sizeof(to));

		cr_expect(names[i].is == NULL ? n == -1 :
						n == (ssize_t)strlen(to) &&
			    strcmp(to, names[i].is) == 0,
		    "%s: %zd", names[i].sent, n);
	}
	cr_expect_eq(
	    multipart_file_name((struct slice)SLICE("a\0b"), to, sizeof(to)),
	    -1);
}

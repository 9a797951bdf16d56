/*
 * fold.c - tests of mail/fold.h.
 */
#include <criterion/criterion.h>

#include "mail/fold.h"

/* clang-format off */
static const struct {
	const char *text, *folded;
} texts[] = {
	{ "", "" },
	{ "Hello, World", "hello, world" },
	{ "  a \t\r\n b  ", "a b" },
	{ "\xc3\x84\xc3\x96\xc3\x9c\xc3\x97\xc3\x9f", "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x97\xc3\x9f" },
	{ "\xc5\x81\xc3\x93\xc5\xb9", "\xc5\x82\xc3\xb3\xc5\xba" },			/* Lodz */
	{ "\xce\x91\xce\xa3 \xcf\x82", "\xce\xb1\xcf\x83 \xcf\x83" },			/* Greek */
	{ "\xd0\x96\xd0\x81\xd2\x90", "\xd0\xb6\xd1\x91\xd2\x91" },			/* Cyrillic */
	{ "\xd4\xb1", "\xd5\xa1" },							/* Armenian */
	{ "\xc4\xb0", "i" },								/* a dotted I */
	{ "\xe1\xba\x9e", "\xc3\x9f" },							/* a capital sharp s */
	{ "a\xc2\xa0\xe2\x80\x83\xe3\x80\x80" "b", "a b" },				/* other blanks */
	{ "a\xc2\xad\xe2\x80\x8b\xef\xbb\xbf" "b", "ab" },				/* seen as nothing */
	{ "a\x01\x1b\x7f" "b", "ab" },
	{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
	/* no UTF-8: each byte that begins nothing */
	{ "\xff", "\xef\xbf\xbd" },
	{ "\xc3", "\xef\xbf\xbd" },
	{ "\xc3(", "\xef\xbf\xbd(" },
	{ "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xf5", "\xef\xbf\xbd" },
};
/* clang-format on */

Test(fold, texts)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf b;

		buf_init(&b, 100);
		fold_text(slice_of(texts[i].text), &b);
		cr_expect(slice_is(buf_slice(&b), texts[i].folded), "%s: %.*s",
		    texts[i].text, SLICE_FMT(buf_slice(&b)));
		buf_free(&b);
	}
}

Test(fold, a_nul_is_left_out)
{
	struct buf b;

	buf_init(&b, 100);
	fold_text((struct slice){ "a\0B", 3 }, &b);
	cr_expect(slice_is(buf_slice(&b), "ab"));
	buf_free(&b);
}

/* What is folded stays as it is, whatever the character. */
Test(fold, once_is_enough)
{
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		struct buf one, first, second;

		buf_init(&one, 8);
		buf_init(&first, 8);
		buf_init(&second, 8);
		fold_put(&one, c >= 0xd800 && c < 0xe000 ? 'x' : c);
		fold_text(buf_slice(&one), &first);
		fold_text(buf_slice(&first), &second);
		if (!slice_eq(buf_slice(&first), buf_slice(&second)))
			cr_expect(false, "U+%04X", c);
		if (c > 0xffff)
			c += 0xff;
		buf_free(&one);
		buf_free(&first);
		buf_free(&second);
	}
}

Test(fold, length)
{
	cr_expect_eq(fold_length(slice_of("")), 0);
	cr_expect_eq(fold_length(slice_of("a\xc3\xa4\xe2\x82\xac")), 3);
	cr_expect_eq(fold_length(slice_of("\xf0\x9f\x98\x80\xff")), 2);
}

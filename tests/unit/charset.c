/*
 * charset.c - tests of indexer/charset.h.
 */
#include <criterion/criterion.h>

#include "grammar/mail_address.h"
#include "indexer/charset.h"

/* clang-format off */
static const struct {
	const char *charset, *text, *utf8;
} rows[] = {
	{ "utf-8", "a\xc3\xbc", "a\xc3\xbc" },
	{ "UTF8", "a\xfc", "a\xef\xbf\xbd" },
	{ "", "a\xc3\xbc", "a\xc3\xbc" },
	{ "", "a\xfc", "a\xc3\xbc" },
	{ "us-ascii", "\x80", "\xe2\x82\xac" },
	{ "no-such-thing", "\xfc", "\xc3\xbc" },
	{ "../../etc/passwd//TRANSLIT", "\xfc", "\xc3\xbc" },
	{ "ISO-8859-1", "\xfc\x80", "\xc3\xbc\xe2\x82\xac" },
	{ " iso_8859-15 ", "\xa4", "\xe2\x82\xac" },
	{ "windows-1251", "\xcf\xf0", "\xd0\x9f\xd1\x80" },
	{ "cp1251", "\xcf", "\xd0\x9f" },
	{ "KOI8-R", "\xf0", "\xd0\x9f" },
	{ "Shift_JIS", "\x93\xfa", "\xe6\x97\xa5" },
	{ "iso-2022-jp", "\x1b$BF|\x1b(B!", "\xe6\x97\xa5!" },
	{ "euc-jp", "\xc6\xfc", "\xe6\x97\xa5" },
	{ "gb2312", "\xc8\xd5", "\xe6\x97\xa5" },
	{ "big5", "\xa4\xe9", "\xe6\x97\xa5" },
	{ "ks_c_5601-1987", "\xc7\xd1", "\xed\x95\x9c" },
	{ "utf-7", "+AOQ-", "\xc3\xa4" },
	/* Combining marks are held back until the end. */
	{ "windows-1258", "e\xec", "\xc3\xa9" },
	{ "windows-1258", "e", "e" },
	/* What means nothing. */
	{ "shift_jis", "a\x81", "a\xef\xbf\xbd" },
	{ "shift_jis", "a\xff" "b", "a\xef\xbf\xbd" "b" },
	{ "euc-jp", "\xff\xff", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "utf-16le", "a", "\xef\xbf\xbd" },
	/* Overlong, surrogates, above 10FFFF, cut off. */
	{ "utf-8", "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "utf-8", "\xed\xa0\x80!", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd!" },
	{ "utf-8", "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "utf-8", "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "iso-8859-1", "\xef\xbb\xbf\xc3\xbc", "\xc3\xbc" },
};
/* clang-format on */

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

Test(charset, rows)
{
	struct buf b;

	charset_prepare();
	buf_init(&b, 100);
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		cr_expect(charset_add(
		    slice_of(rows[i].charset), slice_of(rows[i].text), &b));
		cr_expect(slice_is(buf_slice(&b), rows[i].utf8),
		    "row %zu: %s: \"%.*s\"", i, rows[i].charset, SLICE_FMT(b));
	}
	buf_free(&b);
}

/* A NUL would end a string of C; U+FFFD is seen. */
Test(charset, a_nul_is_shown)
{
	struct buf b;

	buf_init(&b, 100);
	charset_add((struct slice)SLICE("utf-16be"),
	    (struct slice)SLICE("\0a\0\0\0b"), &b);
	charset_add_utf8((struct slice)SLICE("c\0d"), &b);
	cr_expect(slice_is(buf_slice(&b),
	    "a\xef\xbf\xbd"
	    "bc\xef\xbf\xbd"
	    "d"));
	buf_free(&b);
}

/* Full at any byte: no failure, and no half of a character. */
Test(charset, cut_at_characters)
{
	static const struct slice text = SLICE("\xfc\x80x\xff\x41\xe4\xf6");
	static const char *const charsets[] = { "", "utf-8", "iso-8859-1",
		"shift_jis" };

	for (size_t i = 0; i < COUNT(charsets); i++)
		for (size_t max = 0; max < 30; max++) {
			struct buf b;
			bool all;

			buf_init(&b, max);
			all = charset_add(slice_of(charsets[i]), text, &b);
			cr_expect(!b.failed && b.n <= max);
			cr_expect(mail_is_utf8(buf_slice(&b)), "%s %zu",
			    charsets[i], max);
			cr_expect(all || b.n + 3 >= max, "%s %zu: %zu",
			    charsets[i], max, b.n);
			buf_free(&b);
		}
}

/* Any bytes, in any charset, end as UTF-8. */
Test(charset, anything_is_utf8_in_the_end)
{
	static const char *const charsets[] = { "", "utf-8", "iso-8859-7",
		"cp1255", "windows-1258", "cp932", "euc-jp", "iso-2022-jp",
		"iso-2022-kr", "gb18030", "big5", "cp949", "utf-7", "utf-16",
		"utf-32", "koi8-u", "ibm866", "macintosh", "tis-620" };
	unsigned seed = 1;

	charset_prepare();
	for (size_t i = 0; i < 200 * COUNT(charsets); i++) {
		const char *charset = charsets[i % COUNT(charsets)];
		char bytes[200];
		struct buf b;

		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = (char)(rand_r(&seed) >> 3);
		buf_init(&b, 4096);
		cr_expect(charset_add(slice_of(charset),
		    (struct slice){ bytes, sizeof(bytes) }, &b));
		cr_expect(
		    b.n > 0 && mail_is_utf8(buf_slice(&b)), "%s", charset);
		cr_expect(slice_find(buf_slice(&b), '\0') == NULL);
		buf_free(&b);
	}
}

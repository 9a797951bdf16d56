/*
 * text_kind.c - what bytes look like.
 */
#include "grammar/text_kind.h"

#include <criterion/criterion.h>
#include <string.h>

#define S(text) ((struct slice)SLICE(text))

Test(text_kind, json)
{
	static const char *const good[] = { "{}", "[]", " [ ] ", "[1]",
		"[-1.5e+3,true,false,null]", "{\"a\":1}", "{\"a\":{\"b\":[]}}",
		"[\"\\\"]\"]", "[[[]]]", "{\"a\" : [ {} , {} ]}\n" };
	static const char *const bad[] = { "", "1", "\"a\"", "[", "{", "{]",
		"[}", "[section]", "{a:1}", "{\"a\"}", "{\"a\":}", "[1,]",
		"[,1]", "{\"a\":1,}", "[tru]", "[true false]", "[] []", "{{}}",
		"[1 2]", "[\"a\nb\"]", "{ font: 1 }", "]" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct slice s = slice_of(good[i]);

		cr_expect(text_is_json(s, false), "%s", good[i]);
		/* Each beginning of it may be the beginning of it. */
		for (s.n = strcspn(s.p, "[{") + 1; s.n < strlen(good[i]); s.n++)
			cr_expect(text_is_json(s, true), "%.*s", SLICE_FMT(s));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect(!text_is_json(slice_of(bad[i]), false), "%s", bad[i]);
}

Test(text_kind, json_that_is_deep)
{
	char deep[1000];

	memset(deep, '[', sizeof(deep));
	cr_expect(text_is_json((struct slice){ deep, sizeof(deep) }, false));
}

Test(text_kind, utf8)
{
	static const char text[] =
	    "plain ascii, longer than eight bytes; gr\xc3\xbc\xc3\x9f, "
	    "\xe2\x82\xac, \xf0\x9f\x9a\xa2, \xed\x9f\xbf, \xe0\xa0\x80";
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc3(",
		"\xed\xa0\x80", "\xe0\x80\x80", "\xf5\x80\x80\x80",
		"\xf0\x80\x80\x80", "12345678\xff", "\xff\xfe" };

	for (size_t n = 0; n < sizeof(text); n++)
		cr_expect(
		    text_is_utf8((struct slice){ text, n }, true), "%zu", n);
	cr_expect(text_is_utf8(slice_of(text), false));
	cr_expect(!text_is_utf8((struct slice){ "\xe2\x82", 2 }, false));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (int cut = 0; cut < 2; cut++)
			cr_expect(!text_is_utf8(slice_of(bad[i]), cut != 0),
			    "%zu", i);
}

Test(text_kind, charset)
{
	cr_expect_str_eq(text_charset(S("abc"), false), "utf-8");
	cr_expect_str_eq(text_charset(S("\xef\xbb\xbf"
					"abc"),
			     false),
	    "utf-8");
	cr_expect_str_eq(text_charset(S("\xff\xfe"
					"a"),
			     false),
	    "utf-16le");
	cr_expect_str_eq(text_charset(S("\xfe\xff"
					"a"),
			     false),
	    "utf-16be");
	cr_expect(text_charset(S("\xfc"), false) == NULL);
	cr_expect(
	    text_charset(S("<META http-equiv=content-type content='text/html; "
			   "charset=windows-1252'>"),
		false) == NULL);
	cr_expect_str_eq(
	    text_charset(S("<meta charset=utf8>"), false), "utf-8");
	cr_expect(text_charset(S("@charset \"latin1\";"), false) == NULL);
	cr_expect_str_eq(
	    text_charset(S(" @charset \"latin1\";"), false), "utf-8");
	cr_expect_str_eq(text_charset(S("<meta charset="), true), "utf-8");
}

Test(text_kind, text)
{
	cr_expect(text_is_plain(S("a\tb\r\n\f\x1b[0m\xfc")));
	cr_expect(!text_is_plain(S("a\0b")));
	cr_expect(!text_is_plain(S("\x7f"
				   "ELF\x02")));
}

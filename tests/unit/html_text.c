/*
 * html_text.c - tests of indexer/html_text.h.
 */
#include <criterion/criterion.h>

#include "indexer/html_text.h"

/* clang-format off */
static const struct {
	const char *html, *text, *links;
} rows[] = {
	{ "", "", "" },
	{ "plain", "plain", "" },
	{ "  a\r\n\t b ", "a b", "" },
	{ "<p>a<p>b</p></p>c", "a\nb\nc", "" },
	{ "a<br>b<BR/>c", "a\nb\nc", "" },
	{ "a<b>b</b><i>c</i>", "abc", "" },
	{ "<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc", "" },
	{ "<div>\n<div> \n</div></div>x", "x", "" },
	{ "a<script>b<p>\"</script>c<STYLE>d</Style >e", "ace", "" },
	{ "<head><title>t</title></head><body>b", "b", "" },
	{ "<script>never closed <b>", "", "" },
	{ "a<script src=x />b</script>c", "ac", "" },
	{ "a<!-- <b> -->b<!---->c<!-->d<!doctype html>e<?xml ?>f", "abcdef", "" },
	{ "a<!-- never closed", "a", "" },
	{ "a < b <3 <", "a < b <3 <", "" },
	{ "a<b title='>\"'>b<b title=\">'\">c", "abc", "" },
	{ "a<b title='never closed>b", "a", "" },
	{ "a<b", "a", "" },
	{ "a</>b</ >c", "abc", "" },
	/* Entities. */
	{ "&lt;p&gt; &amp;amp; &quot;&apos;", "<p> &amp; \"'", "" },
	{ "&eacute;&euro;&Auml;&nbsp;&nbsp;x", "\xc3\xa9\xe2\x82\xac\xc3\x84 x", "" },
	{ "&#65;&#x42;&#X43&#68x", "ABCDx", "" },
	{ "&#8364;&#128;&#x1F600;", "\xe2\x82\xac\xe2\x82\xac\xf0\x9f\x98\x80", "" },
	{ "&#0;&#xd800;&#x110000;&#9999999999;", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "" },
	{ "&#99999999999999;", "&#99999999999999;", "" },
	{ "&;&#;&#x;&unknown;&lt&", "&;&#;&#x;&unknown;&lt&", "" },
	{ "gr\xc3\xbc\xc3\x9f" "e", "gr\xc3\xbc\xc3\x9f" "e", "" },
	/* Links. */
	{ "<a href=http://a>x</a>", "x", "http://a\n" },
	{ "<A HREF = \"b\" >x<area href='c'>", "x", "b\nc\n" },
	{ "<a name=x href=\"d?e=1&amp;f=2&copy=3\">", "", "d?e=1&f=2&copy=3\n" },
	{ "<a href=\" e f\n\">", "", "ef\n" },
	{ "<a href=1 href=2>", "", "1\n" },
	{ "<a href><a href=\"\"><a><img href=x><link href=y>", "", "" },
	{ "<a/href=z>", "", "z\n" },
};
/* clang-format on */

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

Test(html_text, rows)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf text, links;

		buf_init(&text, 1000);
		buf_init(&links, 1000);
		cr_expect(html_text(slice_of(rows[i].html), &text, &links));
		cr_expect(slice_is(buf_slice(&text), rows[i].text),
		    "%s: \"%.*s\"", rows[i].html, SLICE_FMT(text));
		cr_expect(slice_is(buf_slice(&links), rows[i].links),
		    "%s: \"%.*s\"", rows[i].html, SLICE_FMT(links));
		buf_free(&text);
		buf_free(&links);
	}
}

Test(html_text, goes_on_behind_what_is_there)
{
	struct buf text;

	buf_init(&text, 100);
	buf_addz(&text, "a");
	html_text(slice_of("b<a href=x>c"), &text, NULL);
	cr_expect(slice_is(buf_slice(&text), "a\nbc"));
	buf_free(&text);
}

Test(html_text, full)
{
	for (size_t max = 0; max < 8; max++) {
		struct buf text, links;

		buf_init(&text, max);
		buf_init(&links, max);
		cr_expect_not(html_text(
		    slice_of("<a href=12345678>\xe2\x82\xac\xe2\x82\xac\xe2"
			     "\x82\xac"),
		    &text, &links));
		cr_expect(!text.failed && !links.failed);
		cr_expect_eq(text.n % 3, 0);
		cr_expect_eq(links.n, 0);
		buf_free(&text);
		buf_free(&links);
	}
}

Test(html_text, all_names_are_found)
{
	static const char *const names[] = { "AElig", "zwnj", "yuml", "amp",
		"nbsp", "thetasym", "apos", "Zeta" };

	for (size_t i = 0; i < COUNT(names); i++)
		cr_expect(html_entity_named(slice_of(names[i])) != NULL, "%s",
		    names[i]);
	cr_expect(html_entity_named(slice_of("AMP")) == NULL);
	cr_expect(html_entity_named(slice_of("")) == NULL);
	cr_expect(html_entity_named((struct slice)SLICE("am\0p")) == NULL);
}

/* What never ends takes time in proportion. */
Test(html_text, bombs)
{
	static const char *const bombs[] = { "<", "<a", "<a href=\"", "<!--",
		"<script>", "&", "&#", "</", "<p ", "\"'", "<a =", "<!" };
	struct buf html, text, links;

	buf_init(&html, 10000000);
	buf_init(&text, 10000000);
	buf_init(&links, 10000000);
	for (size_t i = 0; i < COUNT(bombs); i++) {
		buf_clear(&html);
		buf_clear(&text);
		buf_clear(&links);
		while (html.n < 1000000)
			buf_addz(&html, bombs[i]);
		cr_expect(html_text(buf_slice(&html), &text, &links));
	}
	buf_free(&html);
	buf_free(&text);
	buf_free(&links);
}

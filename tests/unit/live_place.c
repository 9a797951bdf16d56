/*
 * live_place.c - where the tag of --live goes, from a table: "@" marks it.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "httpd/live_place.h"
#include "httpd/live_wide.h"

static const struct row {
	enum live_kind kind;
	const char *text; /* without "@": it gets none */
} rows[] = {
	{ LIVE_HTML, "@<p>one" },
	{ LIVE_HTML, "@text" },
	{ LIVE_HTML, "\xef\xbb\xbf@<p>one" },
	{ LIVE_HTML, "<!doctype html>@<p>one" },
	{ LIVE_HTML, "<!DOCTYPE html><html>@<body>" },
	{ LIVE_HTML, "<html lang=en><head>@<title>x</title>" },
	{ LIVE_HTML, "<HTML>\n<!-- c -->\n<HEAD\n>@\n<title>x</title>" },
	{ LIVE_HTML, "<html><head><meta charset=utf-8>@<title>" },
	{ LIVE_HTML, "<head>\n <!-- c --> <META\ncharset='utf-8'/>@\n" },
	/* A policy in the page comes behind it. */
	{ LIVE_HTML,
	    "<head>@<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"script-src 'none'\">" },
	/* What looks like a tag and is none. */
	{ LIVE_HTML, "<!-- <head> --><html>@<body>" },
	{ LIVE_HTML, "<!-- a --!><!doctype html>@x" },
	{ LIVE_HTML, "<!--><!doctype html>@x -->" },
	{ LIVE_HTML, "<!---><!doctype html>@x -->" },
	{ LIVE_HTML, "@<script>'<head>'</script>" },
	{ LIVE_HTML, "@<textarea><head></textarea>" },
	{ LIVE_HTML, "@<header>x</header>" },
	{ LIVE_HTML, "<html data-x=\"<head>\" data-y='>'><head>@" },
	{ LIVE_HTML, "<html data-x=a\"b><head>@" },
	{ LIVE_HTML, "<html =\"x\" a = '>' b><head>@" },
	{ LIVE_HTML, "<html a/b>@x" },
	{ LIVE_HTML,
	    "<!--[if IE]><html class=ie><![endif]--><!--[if !IE]><!-->"
	    "<html>@<!--<![endif]--><body>" },
	/* What does not end. */
	{ LIVE_HTML, "@<!-- x" },
	{ LIVE_HTML, "<html>@<!-- x" },
	{ LIVE_HTML, "@<html class=\"x" },
	{ LIVE_HTML, "<html>@<head class=\"x>" },
	/* Not of ASCII. */
	{ LIVE_HTML, "\xff\xfe<" },
	{ LIVE_HTML, "\xfe\xff<p" },
	{ LIVE_HTML, "" },
	{ LIVE_NO_DOCUMENT, "<p>" },
	{ LIVE_XML, "<svg>@</svg>" },
	{ LIVE_XML, "<svg/>" },
	{ LIVE_XML, "<svg a='/>'/ >@" },
	{ LIVE_XML, "\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <a> -->\n<svg>@" },
	{ LIVE_XML,
	    "<!DOCTYPE svg [<!ENTITY a \"]>\"> <!-- ' ]> -->]><svg "
	    "a='>'>@<g/>" },
	{ LIVE_XML, "<?x ?><html>\n<head>@<title/>" },
	{ LIVE_XML, "<html>@<head/>" },
	{ LIVE_XML, "text" },
	{ LIVE_XML, "\x1f\x8b\x08" },
	{ LIVE_XML, "<!-- x" },
	{ LIVE_XML, "<svg a='x" },
};

Test(live_place, finds_the_place)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		const char *at = strchr(rows[i].text, '@');
		ssize_t want = at == NULL ? -1 : at - rows[i].text, got;
		struct slice s = { text, 0 };

		for (const char *p = rows[i].text; *p != '\0'; p++)
			if (*p != '@')
				text[s.n++] = *p;
		got = live_place(s, rows[i].kind, true);
		cr_expect_eq(
		    got, want, "%s: %zd, not %zd", rows[i].text, got, want);
	}
}

Test(live_place, wide_characters_get_none)
{
	cr_expect_eq(
	    live_place((struct slice){ "<\0h\0", 4 }, LIVE_HTML, true), -1);
	cr_expect_eq(
	    live_place((struct slice){ "\0<\0h", 4 }, LIVE_HTML, true), -1);
}

/* The same places, where each character has two bytes. */
Test(live_place, with_a_mark_they_get_it_in_their_width)
{
	static const char page[] = "<!doctype html><html><head>@"
				   "<title>\xc3\xbc</title>";
	const size_t at = (size_t)(strchr(page, '@') - page);

	for (int width = LIVE_LITTLE_ENDIAN; width <= LIVE_BIG_ENDIAN;
	     width++) {
		bool big = width == LIVE_BIG_ENDIAN;
		struct buf b, tag;

		buf_init(&b, 1000);
		buf_init(&tag, 100);
		buf_addz(&b, big ? "\xfe\xff" : "\xff\xfe");
		live_wide_add(
		    &b, (struct slice){ page, at }, (enum live_width)width);
		live_wide_add(
		    &b, slice_of(page + at + 1), (enum live_width)width);
		cr_expect_eq(live_wide(buf_slice(&b)), width);
		cr_expect_eq(live_wide_place(buf_slice(&b), LIVE_HTML, true),
		    2 + 2 * (ssize_t)at);
		live_wide_add(
		    &tag, (struct slice)SLICE("<s>"), (enum live_width)width);
		cr_expect(slice_eq(buf_slice(&tag),
		    big ? (struct slice)SLICE("\0<\0s\0>") :
			  (struct slice)SLICE("<\0s\0>\0")));
		/* Cut anywhere, also in the middle of a character. */
		for (size_t n = 0; n <= b.n; n++)
			cr_expect(live_wide_place((struct slice){ b.p, n },
				      LIVE_HTML, false) <= 2 + 2 * (ssize_t)at);
		buf_free(&b);
		buf_free(&tag);
	}
}

/* A doctype may come behind what was looked at, and must stay the first. */
Test(live_place, an_open_comment_at_the_start_gets_none)
{
	cr_expect_eq(live_place(slice_of("<!-- x"), LIVE_HTML, false), -1);
	cr_expect_eq(live_place(slice_of("<p"), LIVE_HTML, false), 0);
}

/* Wherever a document is cut, the place is never within or behind the cut. */
Test(live_place, a_cut_moves_it_forward_only)
{
	static const char page[] =
	    "<!-- a --><!doctype html><html lang='en'><head>"
	    "<meta charset=\"utf-8\"><title>";
	const ssize_t last = live_place(slice_of(page), LIVE_HTML, true);

	for (size_t n = 0; n <= strlen(page); n++) {
		ssize_t at =
		    live_place((struct slice){ page, n }, LIVE_HTML, false);

		cr_expect(at <= (ssize_t)n && at <= last, "%zu: %zd", n, at);
	}
}

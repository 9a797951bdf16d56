/*
 * mime.c - types by extension and by content.
 */
#include "system/mime.h"

#include <criterion/criterion.h>
#include <string.h>

#include "bytes/buf.h"
#include "system/mime_table.h"

static const char *
by_name(const char *name)
{
	const char *type = mime_of_name(slice_of(name));

	return type == NULL ? "none" : type;
}

Test(mime, extensions)
{
	static const char *const rows[][2] = {
		{ "a.html", "text/html; charset=utf-8" },
		{ "A.HTML", "text/html; charset=utf-8" },
		{ "dir.d/a.js", "text/javascript; charset=utf-8" },
		{ "a.min.js", "text/javascript; charset=utf-8" },
		{ "a.wasm", "application/wasm" },
		{ "a.3gp", "video/3gpp" },
		{ "a.zst", "application/zstd" },
		{ "a.json", "application/json" },
		{ "a.svg", "image/svg+xml" },
		{ "a", "none" },
		{ "html", "none" },
		{ ".html", "none" },
		{ "dir/.html", "none" },
		{ "a.", "none" },
		{ "a.unknown", "none" },
		{ "a.averyveryverylongextension", "none" },
		{ "a.h\xc3", "none" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_str_eq(by_name(rows[i][0]), rows[i][1]);
	cr_expect_str_eq(mime_of_name((struct slice)SLICE("a.css\0.html")),
	    "text/html; charset=utf-8");
}

Test(mime, table_is_in_order)
{
	for (size_t i = 1; i < mime_rows; i++)
		cr_expect(strcmp(mime_table[i - 1].ext, mime_table[i].ext) < 0,
		    "%s", mime_table[i].ext);
}

Test(mime, own_types_come_first)
{
	static const char *const bad[] = { "", "foo", "=a/b", "foo=", "foo=a",
		"foo=a/", "foo=/b", "foo=a/b/c", "foo=a b/c",
		"foo=a/b\r\nX: y" };

	cr_expect_eq(mime_add("html=text/x-mine; charset=latin1"), 0);
	cr_expect_eq(mime_add(".foo=application/x-foo"), 0);
	cr_expect_str_eq(by_name("a.HTML"), "text/x-mine; charset=latin1");
	cr_expect_str_eq(by_name("a.foo"), "application/x-foo");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(mime_add(bad[i]), -1, "%s", bad[i]);
}

static void
guess(struct slice bytes, const char *want)
{
	char type[MIME_MAX_TYPE];

	cr_expect_str_eq(
	    mime_guess(bytes, type), want, "%.*s: %s", SLICE_FMT(bytes), type);
}

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0"

/* Its first page, as far as libmagic looks. */
#define SQLITE                                              \
	"SQLite format 3\0\x10\0\1\1\0\x40\x20\x20\0\0\0\1" \
	"\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"

static void
guess_all(void)
{
	guess((struct slice)SLICE("x"), "text/plain; charset=utf-8");
	guess((struct slice)SLICE("1"), "text/plain; charset=utf-8");
	guess((struct slice)SLICE("{}"), "application/json");
	guess((struct slice)SLICE(" [1, {\"a\": null}]\n"), "application/json");
	guess((struct slice)SLICE("[section]\na=b\n"),
	    "text/plain; charset=utf-8");
	guess((struct slice)SLICE(""), "text/plain; charset=utf-8");
	guess(
	    (struct slice)SLICE("plain words\n"), "text/plain; charset=utf-8");
	guess((struct slice)SLICE("gr\xc3\xbc\xc3\x9f\n"),
	    "text/plain; charset=utf-8");
}

Test(mime, guesses_with_libmagic)
{
	mime_prepare(MIME_NOW);
	guess_all();
	guess((struct slice)SLICE(PNG), "image/png");
	guess((struct slice)SLICE("%PDF-1.7\n"), "application/pdf");
	guess((struct slice)SLICE("<!DOCTYPE html>\n<html></html>\n"),
	    "text/html; charset=utf-8");
	/* It may be Latin-1, or any other of its kind. */
	guess((struct slice)SLICE("gr\xfc\xdf dich, Welt\n"), "text/plain");
	guess((struct slice)SLICE("#!/bin/sh\necho\n"),
	    "text/plain; charset=utf-8");
	guess((struct slice)SLICE(SQLITE), "application/vnd.sqlite3");
}

Test(mime, loads_lazily)
{
	mime_prepare(MIME_LATER);
	guess((struct slice)SLICE(SQLITE), "application/vnd.sqlite3");
}

Test(mime, guesses_without_libmagic)
{
	guess_all();
	guess((struct slice)SLICE(PNG), "image/png");
	guess((struct slice)SLICE(SQLITE), "application/octet-stream");
}

Test(mime, json_of_any_length)
{
	char type[MIME_MAX_TYPE];
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_addc(&b, '[');
	for (int i = 0; i < 20000; i++)
		buf_addf(&b, "%s{\"n\":%d}", i > 0 ? "," : "", i);
	cr_expect_str_eq(mime_guess(buf_slice(&b), type), "application/json");
	buf_free(&b);
}

static const char *
shown(const char *name)
{
	return mime_to_show(slice_of(name));
}

Test(mime, what_people_read_is_shown)
{
	static const char *const names[] = { "a.yaml", "a.yml", "a.toml",
		"a.csv", "a.tsv", "a.md", "a.log", "a.sh", "a.rs", "a.scss",
		"a.tsx", "a.sql", "a.rst" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cr_expect_str_eq(shown(names[i]), "text/plain; charset=utf-8",
		    "%s", names[i]);
	cr_expect_str_eq(by_name("a.csv"), "text/csv; charset=utf-8");
	cr_expect_str_eq(shown("a.js"), "text/javascript; charset=utf-8");
	cr_expect(shown("a") == NULL);
	cr_expect_eq(mime_add("md=text/markdown"), 0);
	cr_expect_str_eq(shown("a.md"), "text/markdown");
}

static void
judge(const char *name, struct slice bytes, bool cut, const char *want)
{
	char to[MIME_MAX_TYPE];

	cr_expect_str_eq(mime_judge(shown(name), bytes, cut, to), want,
	    "%s, %.*s", name, SLICE_FMT(bytes));
}

Test(mime, a_charset_where_the_bytes_agree)
{
	judge("a.html", (struct slice)SLICE(""), false,
	    "text/html; charset=utf-8");
	judge("a.html", (struct slice)SLICE("<p>gr\xc3\xbc\xc3\x9f"), false,
	    "text/html; charset=utf-8");
	judge(
	    "a.html", (struct slice)SLICE("<p>gr\xfc\xdf"), false, "text/html");
	judge("a.html", (struct slice)SLICE("<meta charset=latin1><p>a"), false,
	    "text/html");
	judge("a.html", (struct slice)SLICE("<meta charset=\"UTF-8\"><p>a"),
	    false, "text/html; charset=utf-8");
	judge("a.html", (struct slice)SLICE("\xff\xfe<\0p\0"), false,
	    "text/html; charset=utf-16le");
	judge("a.css", (struct slice)SLICE("@charset \"koi8-r\";a{}"), false,
	    "text/css");
	judge("a.js", (struct slice)SLICE("'charset=latin1'"), false,
	    "text/javascript; charset=utf-8");
	/* Cut off in the middle of a character, or really broken. */
	judge("a.txt", (struct slice)SLICE("gr\xc3"), true,
	    "text/plain; charset=utf-8");
	judge("a.txt", (struct slice)SLICE("gr\xc3"), false, "text/plain");
	judge("a.ts", (struct slice)SLICE("let a: number = 1;"), false,
	    "text/plain; charset=utf-8");
	judge("a.ts", (struct slice)SLICE("G@\0\x10\0\0\xb0"), false,
	    "video/mp2t");
	judge("a.png", (struct slice)SLICE("\x89PNG"), false, "image/png");
	cr_expect_eq(mime_add("old=text/plain; charset=utf-8"), 0);
	judge("a.old", (struct slice)SLICE("\xfc"), false,
	    "text/plain; charset=utf-8");
}

Test(mime, squeezable)
{
	cr_expect(mime_is_squeezable("text/html; charset=utf-8"));
	cr_expect(mime_is_squeezable("image/svg+xml"));
	cr_expect(mime_is_squeezable("application/wasm"));
	cr_expect(!mime_is_squeezable("image/png"));
	cr_expect(!mime_is_squeezable("application/gzip"));
}

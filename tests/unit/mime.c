/*
 * mime.c - types by extension and by content.
 */
#include "system/mime.h"

#include <criterion/criterion.h>
#include <string.h>

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

static void
guess_all(void)
{
	guess((struct slice)SLICE(""), "text/plain; charset=utf-8");
	guess(
	    (struct slice)SLICE("plain words\n"), "text/plain; charset=utf-8");
	guess((struct slice)SLICE("gr\xc3\xbc\xc3\x9f\n"),
	    "text/plain; charset=utf-8");
}

Test(mime, guesses_with_libmagic)
{
	mime_prepare(false);
	guess_all();
	guess((struct slice)SLICE(PNG), "image/png");
	guess((struct slice)SLICE("%PDF-1.7\n"), "application/pdf");
	guess((struct slice)SLICE("<!DOCTYPE html>\n<html></html>\n"),
	    "text/html; charset=utf-8");
	guess((struct slice)SLICE("gr\xfc\xdf dich, Welt\n"),
	    "text/plain; charset=iso-8859-1");
}

Test(mime, loads_lazily)
{
	mime_prepare(true);
	guess((struct slice)SLICE(PNG), "image/png");
}

Test(mime, guesses_without_libmagic)
{
	guess_all();
	guess((struct slice)SLICE(PNG), "application/octet-stream");
}

Test(mime, squeezable)
{
	cr_expect(mime_is_squeezable("text/html; charset=utf-8"));
	cr_expect(mime_is_squeezable("image/svg+xml"));
	cr_expect(mime_is_squeezable("application/wasm"));
	cr_expect(!mime_is_squeezable("image/png"));
	cr_expect(!mime_is_squeezable("application/gzip"));
}

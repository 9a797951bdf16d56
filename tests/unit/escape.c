/*
 * escape.c - text made harmless: rules 62 and 72.
 */
#include "grammar/escape.h"

#include <criterion/criterion.h>

struct row {
	struct slice in;
	const char *html, *json, *log;
};

#define FFFD "\xef\xbf\xbd"

/* clang-format off */
static const struct row rows[] = {
	{ SLICE("plain"), "plain", "plain", "plain" },
	{ SLICE("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;",
	    "<a href=\\\"x\\\">&'", "<a href=\\\"x\\\">&'" },
	{ SLICE("a\\b"), "a\\b", "a\\\\b", "a\\\\b" },
	{ SLICE("a\r\n\tb"), "a" FFFD "\n\tb", "a\\r\\n\\tb",
	    "a\\x0D\\x0A\\x09b" },
	{ SLICE("\0\x1b\x7f"), FFFD FFFD FFFD, "\\u0000\\u001b\\u007f",
	    "\\x00\\x1B\\x7F" },
	{ SLICE("\xc3\xa4"), "\xc3\xa4", "\xc3\xa4", "\\xC3\\xA4" },
	{ SLICE("\xc3"), FFFD, FFFD, "\\xC3" },
	{ SLICE("\xc0\xaf"), FFFD FFFD, FFFD FFFD, "\\xC0\\xAF" },
	{ SLICE("\xed\xa0\x80"), FFFD FFFD FFFD, FFFD FFFD FFFD,
	    "\\xED\\xA0\\x80" },
	{ SLICE("\xf0\x9f\x8e\x84"), "\xf0\x9f\x8e\x84", "\xf0\x9f\x8e\x84",
	    "\\xF0\\x9F\\x8E\\x84" },
	{ SLICE("\xf4\x90\x80\x80"), FFFD FFFD FFFD FFFD,
	    FFFD FFFD FFFD FFFD, "\\xF4\\x90\\x80\\x80" },
	{ SLICE("\xe2\x82\xac"), "\xe2\x82\xac", "\xe2\x82\xac",
	    "\\xE2\\x82\\xAC" },
	{ SLICE("\xe0\x80\x80"), FFFD FFFD FFFD, FFFD FFFD FFFD,
	    "\\xE0\\x80\\x80" },
	{ SLICE(""), "", "", "" },
};
/* clang-format on */

#define MANY "yyyyyyyyyyyyyyyyyyyy"

/* In a line that a terminal shows; and cut at 20 bytes. */
static const struct {
	struct slice in;
	const char *line;
	escape_fn *how;
	const char *cut;
} lines[] = {
	{ SLICE("a\"b\\"), "a\"b\\", escape_log, "a\\\"b\\\\" },
	{ SLICE("\0\n\x1b\x7f"), "\\x00\\x0a\\x1b\\x7f", escape_line,
	    "\\x00\\x0a\\x1b\\x7f" },
	{ SLICE("\xc2\x80\xc2\x9f\xc2\xa0"), "\\xc2\\x80\\xc2\\x9f\xc2\xa0",
	    escape_json, "\\u0080\\u009f\xc2\xa0" },
	{ SLICE("\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\xac\xe2\x80\xaf"),
	    "\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xe2\\x81\\xa9\\xe2\\x80\\xac\xe2"
	    "\x80\xaf",
	    escape_json, "\\u202e\\u2066..." },
	{ SLICE("\xff\xc3"), "\\xff\\xc3", escape_json, FFFD FFFD },
	{ SLICE(MANY), MANY, escape_line, MANY },
	{ SLICE(MANY "z"), MANY "z", escape_line, "yyyyyyyyyyyyyyyyy..." },
	{ SLICE("\1\2\3\4\5"), "\\x01\\x02\\x03\\x04\\x05", escape_log,
	    "\\x01\\x02\\x03\\x04\\x05" },
	{ SLICE("\1\2\3\4\5\6"), "\\x01\\x02\\x03\\x04\\x05\\x06", escape_log,
	    "\\x01\\x02\\x03\\x04..." },
	{ SLICE("yyyyyyyyyyyyyyyyyy\xc3\xbc\xc3\xbc"),
	    "yyyyyyyyyyyyyyyyyy\xc3\xbc\xc3\xbc", escape_json,
	    "yyyyyyyyyyyyyyyyy..." },
};

static void
check(void (*escape)(struct buf *, struct slice), struct slice in,
    const char *want)
{
	struct buf b;

	buf_init(&b, 4096);
	escape(&b, in);
	cr_expect_str_eq(buf_str(&b), want, "%s: %s", in.p, buf_str(&b));
	buf_free(&b);
}

Test(escape, everywhere)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check(escape_html, rows[i].in, rows[i].html);
		check(escape_json, rows[i].in, rows[i].json);
		check(escape_log, rows[i].in, rows[i].log);
	}
	cr_expect(escape_utf8((struct slice)SLICE("")) == 0);
	cr_expect(escape_utf8((struct slice)SLICE("\xf0\x90\x80")) == 0);
}

Test(escape, lines_and_their_cut)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct buf b;

		check(escape_line, lines[i].in, lines[i].line);
		buf_init(&b, 20 + 16);
		escape_cut(&b, lines[i].in, lines[i].how, 20);
		cr_expect_str_eq(
		    buf_str(&b), lines[i].cut, "%zu: %s", i, buf_str(&b));
		buf_free(&b);
	}
}

/*
 * log_line.c - what a process says, made a line of the log.
 */
#include "grammar/log_line.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct log_source child = {
	.name = "berth", .pid = 7, .wall_us = 1700000000123456
};
static const struct log_source master = { .name = "berth" };

#define TIME   "[14/Nov/2023:22:13:20 +0000]"
#define OBJECT "{\"time\":\"2023-11-14T22:13:20.123456Z\",\"pid\":7"

static const struct {
	const char *in, *of_child, *of_master;
} words[] = {
	{ "hi", "berth[7]: hi\n", "berth: hi\n" },
	{ "", "berth[7]: \n", "berth: \n" },
	{ "berth: hi", "berth[7]: hi\n", "berth: hi\n" },
	{ "berth[12]: hi", "berth[7]: hi\n", "berth: hi\n" },
	{ "berth[1]hi", "berth[7]: berth[1]hi\n", "berth: berth[1]hi\n" },
	{ "berth", "berth[7]: berth\n", "berth: berth\n" },
	{ "berthx: hi", "berth[7]: berthx: hi\n", "berth: berthx: hi\n" },
	{ "\1x\n", "berth[7]: \\x01x\\x0a\n", "berth: \\x01x\\x0a\n" },
};

static void
expect(const struct buf *b, const char *want)
{
	struct buf copy = *b;

	cr_expect(slice_is(buf_slice(b), want), "%.*s instead of %s",
	    SLICE_FMT(buf_slice(&copy)), want);
}

Test(log_line, words)
{
	struct buf b;

	buf_init(&b, LOG_LINE_ROOM);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		buf_clear(&b);
		log_line_words(&b, &child, slice_of(words[i].in));
		expect(&b, words[i].of_child);
		buf_clear(&b);
		log_line_words(&b, &master, slice_of(words[i].in));
		expect(&b, words[i].of_master);
	}
	buf_free(&b);
}

/* NULL: it is no line of the access log. */
static const struct {
	const char *in, *line;
} access[] = {
	{ "::1 - - [\2] \"GET / HTTP/1.1\" 200 5",
	    "::1 - - " TIME " \"GET / HTTP/1.1\" 200 5\n" },
	{ "::1 - [x] [\2] \"\x1b\"", "::1 - \\x5bx\\x5d " TIME " \"\\x1b\"\n" },
	{ "{\2,\"client\":\"::1\",\"to\":[\"a\",\"b\"],\"n\":5}",
	    OBJECT ",\"client\":\"::1\",\"to\":[\"a\",\"b\"],\"n\":5}\n" },
	{ "{\2,\"a\":\"\\\"pid\\\":8\"}",
	    OBJECT ",\"a\":\"\\\"pid\\\":8\"}\n" },
	{ "{\2,\"a\":\"}{\\\\\"}", OBJECT ",\"a\":\"}{\\\\\"}\n" },
	{ "{\2}", OBJECT "}\n" },
	/* Short, for people: the test's source is in no time zone. */
	{ "\002404 GET /x\x1b", "22:13:20  404  GET /x\\x1b\n" },
	{ "\002404", NULL },
	{ "\0024x4 GET", NULL },
	{ "", NULL },
	{ "\2", NULL },
	{ "[\2", NULL },
	{ "x - - [01/Jan/1970] \"GET\"", NULL },
	{ "x - - [\2]", NULL },
	{ "x - - \2 \"GET\"", NULL },
	{ "x - - [\2] \"GET \2\"", NULL },
	{ "{\2", NULL },
	{ "{\2,\"a\":1", NULL },
	{ "{\2,\"a", NULL },
	{ "{\2,\"a\\", NULL },
	{ "{\2,\"a\":1}}", NULL },
	{ "{\2,\"a\":1}{\"b\":1}", NULL },
	{ "{\2,\"pid\":1}", NULL },
	{ "{\0022,\"a\":1}", NULL }, /* behind "pid":7 it would be 72 */
	{ "{\2e3}", NULL },
	{ "{\2}", OBJECT "}\n" },
	{ "{\2,\"time\":1}", NULL },
	{ "{\2,\"pi\\u0064\":1}", NULL },
	{ "{\2,\"pid\" :1}", NULL },
	{ "{\2,\"a\":{\"pid\":1}}", NULL },
	{ "{\"a\":\2}", NULL },
};

Test(log_line, access)
{
	struct buf b;

	buf_init(&b, LOG_LINE_ROOM);
	for (size_t i = 0; i < sizeof(access) / sizeof(access[0]); i++) {
		bool is;

		buf_clear(&b);
		is = log_line_access(&b, &child, slice_of(access[i].in));
		cr_expect_eq(is, access[i].line != NULL, "%s", access[i].in);
		expect(&b, is ? access[i].line : "");
	}
	buf_free(&b);
}

Test(log_line, none_is_longer_than_a_pipe_takes_as_one)
{
	static char text[3 * LOG_LINE_MAX];
	struct buf b;

	buf_init(&b, LOG_LINE_ROOM);
	for (int c = 1; c < 256; c++) {
		memset(text, c, sizeof(text));
		buf_clear(&b);
		log_line_words(
		    &b, &child, (struct slice){ text, sizeof(text) });
		cr_expect(!b.failed && b.n <= LOG_LINE_MAX, "%d: %zu", c, b.n);
		cr_expect_geq(b.n, LOG_LINE_MAX - 20);
		memcpy(text + sizeof(text) / 2, "[\2] \"", 5);
		buf_clear(&b);
		log_line_access(
		    &b, &child, (struct slice){ text, sizeof(text) });
		cr_expect(!b.failed && b.n <= LOG_LINE_MAX, "%d: %zu", c, b.n);
	}
	buf_free(&b);
}

Test(log_line, lines_of_a_text)
{
	struct slice rest = slice_of("a\n\nb"), line;

	cr_assert(log_line_next(&rest, &line) && slice_is(line, "a"));
	cr_assert(log_line_next(&rest, &line) && slice_is(line, ""));
	cr_assert(log_line_next(&rest, &line) && slice_is(line, "b"));
	cr_assert_not(log_line_next(&rest, &line));
}

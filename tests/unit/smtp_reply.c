/*
 * smtp_reply.c - tests of grammar/smtp_reply.h: a client trusts no server.
 */
#include <criterion/criterion.h>

#include "grammar/smtp_reply.h"

/* clang-format off */
static const struct {
	const char *row;
	struct slice in;
	int took; /* 0: more, please; or a fault */
	int code, enhanced[3];
	size_t lines;
	const char *last; /* the text of the last line */
} rows[] = {
	{ "one line", SLICE("250 ok\r\n"), 8, 250, { 0, 0, 0 }, 1, "ok" },
	{ "one line", SLICE("250 ok\r\n220 next\r\n"), 8, 250, { 0, 0, 0 }, 1, "ok" },
	{ "one line", SLICE("250\r\n"), 5, 250, { 0, 0, 0 }, 1, "" },
	{ "one line", SLICE("250 \r\n"), 6, 250, { 0, 0, 0 }, 1, "" },
	{ "one line", SLICE("250 ok\n"), 7, 250, { 0, 0, 0 }, 1, "ok" },
	{ "multi-line replies", SLICE("250-a\r\n250-b\r\n250 c\r\n"), 21, 250, { 0, 0, 0 }, 3, "c" },
	{ "multi-line replies", SLICE("250-\r\n250\r\n"), 11, 250, { 0, 0, 0 }, 2, "" },
	{ "multi-line replies", SLICE("250-a\r\n250-b\r\n"), 0, 0, { 0, 0, 0 }, 0, NULL },
	{ "code must match on all lines", SLICE("250-a\r\n251 b\r\n"), SMTP_REPLY_MIXED, 0, { 0, 0, 0 }, 0, NULL },
	{ "enhanced codes", SLICE("550 5.1.1 nobody\r\n"), 18, 550, { 5, 1, 1 }, 1, "5.1.1 nobody" },
	{ "enhanced codes", SLICE("250 2.0.0\r\n"), 11, 250, { 2, 0, 0 }, 1, "2.0.0" },
	{ "enhanced codes", SLICE("450 4.123.999 x\r\n"), 17, 450, { 4, 123, 999 }, 1, "4.123.999 x" },
	{ "enhanced codes", SLICE("550 4.1.1 x\r\n"), 13, 550, { 0, 0, 0 }, 1, "4.1.1 x" },
	{ "enhanced codes", SLICE("550 5.1.1x\r\n"), 12, 550, { 0, 0, 0 }, 1, "5.1.1x" },
	{ "enhanced codes", SLICE("550 5.1234.1 x\r\n"), 16, 550, { 0, 0, 0 }, 1, "5.1234.1 x" },
	{ "enhanced codes", SLICE("550 5..1 x\r\n"), 12, 550, { 0, 0, 0 }, 1, "5..1 x" },
	{ "no reply", SLICE("HTTP/1.1 400 Bad Request\r\n"), SMTP_REPLY_BAD, 0, { 0, 0, 0 }, 0, NULL },
	{ "no reply", SLICE("\r\n"), SMTP_REPLY_BAD, 0, { 0, 0, 0 }, 0, NULL },
	{ "no reply", SLICE("25 x\r\n"), SMTP_REPLY_BAD, 0, { 0, 0, 0 }, 0, NULL },
	{ "no reply", SLICE("2500 x\r\n"), SMTP_REPLY_BAD, 0, { 0, 0, 0 }, 0, NULL },
	{ "no reply", SLICE("250_x\r\n"), SMTP_REPLY_BAD, 0, { 0, 0, 0 }, 0, NULL },
	{ "no reply", SLICE("2a0 x\r\n"), SMTP_REPLY_BAD, 0, { 0, 0, 0 }, 0, NULL },
	{ "no reply", SLICE("150 x\r\n"), SMTP_REPLY_BAD, 0, { 0, 0, 0 }, 0, NULL },
	{ "no reply", SLICE("650 x\r\n"), SMTP_REPLY_BAD, 0, { 0, 0, 0 }, 0, NULL },
	{ "no reply", SLICE("2\0" "50 x\r\n"), SMTP_REPLY_BAD, 0, { 0, 0, 0 }, 0, NULL },
	{ "cut", SLICE("250 o"), 0, 0, { 0, 0, 0 }, 0, NULL },
	{ "cut", SLICE(""), 0, 0, { 0, 0, 0 }, 0, NULL },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct slice
last_line(const struct smtp_reply *r)
{
	struct slice rest = r->text, line = rest;

	for (size_t i = 0; i < r->lines; i++)
		line = smtp_reply_line(&rest);
	return line;
}

Test(smtp_reply, rows)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct smtp_reply r;
		int took = smtp_reply_parse(rows[i].in, &r);

		cr_expect_eq(took, rows[i].took, "row %zu (%s): %d", i,
		    rows[i].row, took);
		if (took <= 0 || rows[i].took <= 0)
			continue;
		cr_expect_eq(r.code, rows[i].code, "row %zu", i);
		cr_expect_eq(r.lines, rows[i].lines, "row %zu", i);
		cr_expect_eq(
		    memcmp(r.enhanced, rows[i].enhanced, sizeof(r.enhanced)), 0,
		    "row %zu (%s): enhanced", i, rows[i].row);
		cr_expect(slice_is(last_line(&r), rows[i].last), "row %zu", i);
	}
}

/* Fed byte by byte it is "more, please" until the very byte that decides. */
Test(smtp_reply, rows_byte_by_byte)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct smtp_reply r;
		int took = 0;

		for (size_t n = 0; n <= rows[i].in.n && took == 0; n++)
			took = smtp_reply_parse(
			    (struct slice){ rows[i].in.p, n }, &r);
		cr_expect_eq(took, rows[i].took, "row %zu (%s): %d", i,
		    rows[i].row, took);
	}
}

Test(smtp_reply, bounds)
{
	static char big[SMTP_REPLY_MAX + 100];
	struct smtp_reply r;

	/* A line without an end. */
	memset(big, '2', sizeof(big));
	cr_expect_eq(
	    smtp_reply_parse((struct slice){ big, SMTP_REPLY_LINE - 1 }, &r),
	    0);
	cr_expect_eq(
	    smtp_reply_parse((struct slice){ big, SMTP_REPLY_LINE }, &r),
	    SMTP_REPLY_LONG);
	big[SMTP_REPLY_LINE] = '\n';
	cr_expect_eq(
	    smtp_reply_parse((struct slice){ big, SMTP_REPLY_LINE + 1 }, &r),
	    SMTP_REPLY_LONG, "nor is an end that comes too late one");

	/* Lines without an end. */
	for (size_t i = 0; i + 6 <= sizeof(big); i += 6)
		memcpy(big + i, "250-\r\n", 6);
	cr_expect_eq(
	    smtp_reply_parse((struct slice){ big, SMTP_REPLY_MAX - 1 }, &r), 0);
	cr_expect_eq(smtp_reply_parse((struct slice){ big, sizeof(big) }, &r),
	    SMTP_REPLY_LONG);
}

/*
 * mail_address.c - tests of grammar/mail_address.h, one row an address.
 */
#include <criterion/criterion.h>

#include "grammar/mail_address.h"

/* clang-format off */
static const struct {
	const char *row; /* of the table of inputs and answers */
	struct slice in;
	int took;        /* or a mail_fault */
	const char *local, *domain; /* local unquoted */
} rows[] = {
	{ "plain", SLICE("<a@b>"), 5, "a", "b" },
	{ "plain", SLICE("<a@b> SIZE=1"), 5, "a", "b" },
	{ "plain", SLICE("<a.b+c=d@x-y.example>"), 21, "a.b+c=d", "x-y.example" },
	{ "plain", SLICE("<!#$%&'*+-/=?^_`{|}~@b>"), 23, "!#$%&'*+-/=?^_`{|}~", "b" },
	{ "plain", SLICE("<a..b.@b>"), 9, "a..b.", "b" },
	{ "plain", SLICE("<a@under_score.example>"), 23, "a", "under_score.example" },
	{ "plain", SLICE("<a@>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<@>"), MAIL_ROUTE, NULL, NULL },
	{ "plain", SLICE("<a@b"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<a@b>c"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<a b@c>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<a@b c>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<a@b@c>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<a@.b>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<a@b.>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<a@b..c>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<a@-b>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<a@b!c>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<<a@b>>"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE("<"), MAIL_BAD, NULL, NULL },
	{ "plain", SLICE(""), MAIL_BAD, NULL, NULL },
	{ "MAIL FROM:<>", SLICE("<>"), 2, "", "" },
	{ "MAIL FROM:<>", SLICE("< >"), MAIL_BAD, NULL, NULL },
	{ "<Postmaster> no domain", SLICE("<Postmaster>"), 12, "Postmaster", "" },
	{ "<Postmaster> no domain", SLICE("<pOSTMASTER>"), 12, "pOSTMASTER", "" },
	{ "no <>", SLICE("a@b"), 3, "a", "b" },
	{ "no <>", SLICE("a@b SIZE=1"), 3, "a", "b" },
	{ "no <>", SLICE("a@b>"), MAIL_BAD, NULL, NULL },
	{ "source route", SLICE("<@a,@b:u@c>"), 11, "u", "c" },
	{ "source route", SLICE("<@a:u@c>"), 8, "u", "c" },
	{ "source route", SLICE("<@[1.2.3.4]:u@c>"), 16, "u", "c" },
	{ "source route", SLICE("<@a,b:u@c>"), MAIL_ROUTE, NULL, NULL },
	{ "source route", SLICE("<@a,:u@c>"), MAIL_ROUTE, NULL, NULL },
	{ "source route", SLICE("<@a u@c>"), MAIL_ROUTE, NULL, NULL },
	{ "source route", SLICE("<@a:>"), MAIL_BAD, NULL, NULL },
	{ "source route", SLICE("<@:u@c>"), MAIL_ROUTE, NULL, NULL },
	{ "quoted local part", SLICE("<\"a b\"@x>"), 9, "a b", "x" },
	{ "quoted local part", SLICE("<\"a>b\"@x>"), 9, "a>b", "x" },
	{ "quoted local part", SLICE("<\"a\\\"b\"@x>"), 10, "a\"b", "x" },
	{ "quoted local part", SLICE("<\"a\\\\\"@x>"), 9, "a\\", "x" },
	{ "quoted local part", SLICE("<\"@\"@x>"), 7, "@", "x" },
	{ "quoted local part", SLICE("<\"\"@x>"), 6, "", "x" },
	{ "quoted local part", SLICE("\"a b\"@x SIZE=1"), 7, "a b", "x" },
	{ "quoted local part", SLICE("<\"a@x>"), MAIL_BAD, NULL, NULL },
	{ "quoted local part", SLICE("<\"a\\"), MAIL_BAD, NULL, NULL },
	{ "quoted local part", SLICE("<\"a\"b@x>"), MAIL_BAD, NULL, NULL },
	{ "quoted local part", SLICE("<\"a\rb\"@x>"), MAIL_BAD, NULL, NULL },
	{ "quoted local part", SLICE("<\"a\\\nb\"@x>"), MAIL_BAD, NULL, NULL },
	{ "NUL in command", SLICE("<\"a\0b\"@x>"), MAIL_BAD, NULL, NULL },
	{ "NUL in command", SLICE("<a\0@x>"), MAIL_BAD, NULL, NULL },
	{ "NUL in command", SLICE("<a@x\0>"), MAIL_BAD, NULL, NULL },
	{ "address literals", SLICE("<a@[1.2.3.4]>"), 13, "a", "[1.2.3.4]" },
	{ "address literals", SLICE("<a@[IPv6:2001:db8::1]>"), 22, "a", "[IPv6:2001:db8::1]" },
	{ "address literals", SLICE("<a@[ipv6:::1]>"), 14, "a", "[ipv6:::1]" },
	{ "address literals", SLICE("<a@[1.2.3]>"), MAIL_LITERAL, NULL, NULL },
	{ "address literals", SLICE("<a@[1.2.3.256]>"), MAIL_LITERAL, NULL, NULL },
	{ "address literals", SLICE("<a@[::1]>"), MAIL_LITERAL, NULL, NULL },
	{ "address literals", SLICE("<a@[IPv6:1.2.3.4]>"), MAIL_LITERAL, NULL, NULL },
	{ "address literals", SLICE("<a@[IPv6:]>"), MAIL_LITERAL, NULL, NULL },
	{ "address literals", SLICE("<a@[]>"), MAIL_LITERAL, NULL, NULL },
	{ "address literals", SLICE("<a@[1.2.3.4>"), MAIL_LITERAL, NULL, NULL },
	{ "address literals", SLICE("<a@[1.2.3.4]b>"), MAIL_BAD, NULL, NULL },
	{ "address literals", SLICE("<a@["), MAIL_LITERAL, NULL, NULL },
	{ "8-bit", SLICE("<j\xc3\xb6rg@b\xc3\xbc" "cher.example>"), 23, "j\xc3\xb6rg", "b\xc3\xbc" "cher.example" },
	{ "8-bit", SLICE("<\xff@b>"), MAIL_UTF8, NULL, NULL },
	{ "8-bit", SLICE("<\xc0\xaf@b>"), MAIL_UTF8, NULL, NULL },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

Test(mail_address, rows)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct mail_address a;
		struct buf local;
		int took = mail_path(rows[i].in, &a);

		cr_expect_eq(took, rows[i].took, "row %zu (%s) \"%s\": %d", i,
		    rows[i].row, rows[i].in.p, took);
		if (took < 0 || rows[i].took < 0)
			continue;
		buf_init(&local, 1000);
		mail_local(&a, &local);
		cr_expect(slice_is(buf_slice(&local), rows[i].local),
		    "row %zu (%s): local part", i, rows[i].row);
		cr_expect(slice_is(a.domain, rows[i].domain),
		    "row %zu (%s): domain", i, rows[i].row);
		buf_free(&local);
	}
}

/* Cut short anywhere, a path is refused or is a shorter one; never more. */
Test(mail_address, every_prefix_is_safe)
{
	for (size_t i = 0; i < ROWS; i++)
		for (size_t n = 0; n < rows[i].in.n; n++) {
			struct mail_address a;
			char *copy = malloc(n == 0 ? 1 : n);
			int took;

			memcpy(copy, rows[i].in.p, n);
			took = mail_path((struct slice){ copy, n }, &a);
			cr_expect(took <= (int)n, "row %zu cut at %zu", i, n);
			free(copy);
		}
}

Test(mail_address, limits)
{
	char text[MAIL_ADDRESS_MAX + 10];
	struct mail_address a;

	memset(text, 'a', sizeof(text));
	memcpy(text + MAIL_ADDRESS_MAX - 2, "@b ", 3);
	cr_expect_eq(mail_path((struct slice){ text, sizeof(text) }, &a),
	    MAIL_ADDRESS_MAX);
	memset(text, 'a', sizeof(text));
	memcpy(text + MAIL_ADDRESS_MAX - 1, "@b ", 3);
	cr_expect_eq(
	    mail_path((struct slice){ text, sizeof(text) }, &a), MAIL_LONG);
	cr_expect_eq(mail_domain((struct slice){ text, 63 }), 0);
	cr_expect_eq(mail_domain((struct slice){ text, 64 }), MAIL_LONG);
	cr_expect_eq(mail_domain((struct slice){ text, 256 }), MAIL_LONG);
}

/* clang-format off */
static const struct {
	const char *one, *other;
	bool same;
} pairs[] = {
	{ "<a@b>", "<a@B>", true },
	{ "<a@b>", "<A@b>", false },
	{ "<a@b>", "<\"a\"@b>", true },
	{ "<a@b>", "<\"\\a\"@b>", true },
	{ "<\"a b\"@c>", "<\"a\\ b\"@c>", true },
	{ "<@x:a@b>", "<a@b>", true },
	{ "<a@b>", "<a@c>", false },
	{ "<>", "<>", true },
};
/* clang-format on */

/* clang-format off */
static const struct {
	const char *text;
	bool is;
} literals[] = {
	{ "[0.0.0.0]", true }, { "[255.255.255.255]", true },
	{ "[1.2.3.]", false }, { "[1.2.3.4.5]", false }, { "[1.2.3.+4]", false },
	{ "[1.2.3.0004]", false }, { "[a.b.c.d]", false },
	{ "[IPv6:::]", true }, { "[IPv6:::1]", true }, { "[IPv6:1::]", true },
	{ "[IPv6:1:2:3:4:5:6:7:8]", true }, { "[IPv6:1:2:3:4:5:6:7::]", true },
	{ "[IPv6:::2:3:4:5:6:7:8]", true }, { "[IPv6:1::4:5:6:7:8]", true },
	{ "[IPv6:::ffff:1.2.3.4]", true }, { "[IPv6:1:2:3:4:5:6:1.2.3.4]", true },
	{ "[IPv6:abcd:EF01::]", true },
	{ "[IPv6:1:2:3:4:5:6:7]", false }, { "[IPv6:1:2:3:4:5:6:7:8:9]", false },
	{ "[IPv6:1:2:3:4:5:6:7:8::]", false }, { "[IPv6:1::2::3]", false },
	{ "[IPv6:1:]", false }, { "[IPv6::1]", false }, { "[IPv6:12345::]", false },
	{ "[IPv6:g::]", false }, { "[IPv6:1.2.3.4::]", false }, { "[IPv6::::]", false },
	{ "[IPv6:1:2:3:4:5:6:7:1.2.3.4]", false }, { "[IPv6:::1%eth0]", false },
};
/* clang-format on */

Test(mail_address, literals)
{
	for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++)
		cr_expect_eq(mail_literal(slice_of(literals[i].text)) == 0,
		    literals[i].is, "%s", literals[i].text);
}

/* Do both mean the same mailbox? */
static bool
same(const struct mail_address *a, const struct mail_address *b)
{
	struct buf x, y;
	bool is;

	buf_init(&x, MAIL_ADDRESS_MAX);
	buf_init(&y, MAIL_ADDRESS_MAX);
	mail_local(a, &x);
	mail_local(b, &y);
	is = slice_eq(buf_slice(&x), buf_slice(&y));
	buf_free(&x);
	buf_free(&y);
	return is && slice_ieq(a->domain, b->domain);
}

Test(mail_address, equality_after_unquoting)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct mail_address a, b;

		cr_assert_gt(mail_path(slice_of(pairs[i].one), &a), 0);
		cr_assert_gt(mail_path(slice_of(pairs[i].other), &b), 0);
		cr_expect_eq(same(&a, &b), pairs[i].same, "%s and %s",
		    pairs[i].one, pairs[i].other);
	}
}

/* clang-format off */
static const struct {
	struct slice s;
	bool is;
} utf8[] = {
	{ SLICE(""), true },
	{ SLICE("abc"), true },
	{ SLICE("\xc2\x80"), true },
	{ SLICE("\xdf\xbf"), true },
	{ SLICE("\xe0\xa0\x80"), true },
	{ SLICE("\xed\x9f\xbf"), true },
	{ SLICE("\xee\x80\x80"), true },
	{ SLICE("\xf0\x90\x80\x80"), true },
	{ SLICE("\xf4\x8f\xbf\xbf"), true },
	{ SLICE("\x80"), false },
	{ SLICE("\xc1\xbf"), false },
	{ SLICE("\xc3"), false },
	{ SLICE("\xc3("), false },
	{ SLICE("\xe0\x9f\xbf"), false },
	{ SLICE("\xed\xa0\x80"), false },
	{ SLICE("\xe2\x82"), false },
	{ SLICE("\xe2\x82("), false },
	{ SLICE("\xf0\x8f\xbf\xbf"), false },
	{ SLICE("\xf4\x90\x80\x80"), false },
	{ SLICE("\xf5\x80\x80\x80"), false },
	{ SLICE("\xff"), false },
};
/* clang-format on */

Test(mail_address, utf8_to_the_letter)
{
	for (size_t i = 0; i < sizeof(utf8) / sizeof(utf8[0]); i++)
		cr_expect_eq(mail_is_utf8(utf8[i].s), utf8[i].is, "row %zu", i);
}

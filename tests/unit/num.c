/*
 * num.c - numbers as text, at and around every edge.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bytes/num.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct row {
	struct slice text;
	int status;
	uint64_t value;
};

static void
check(int (*read)(struct slice, uint64_t *), const struct row *row, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		uint64_t value = 4711;
		int status = read(row[i].text, &value);

		cr_assert_eq(status, row[i].status, "row %zu", i);
		cr_assert_eq(
		    value, row[i].value, "row %zu: %" PRIu64, i, value);
	}
}

Test(num, decimal)
{
	static const struct row table[] = {
		{ SLICE("0"), NUM_OK, 0 },
		{ SLICE("9"), NUM_OK, 9 },
		{ SLICE("007"), NUM_OK, 7 },
		{ SLICE("18446744073709551615"), NUM_OK, UINT64_MAX },
		{ SLICE("0000000000000000000000018446744073709551615"), NUM_OK,
		    UINT64_MAX },
		{ SLICE("18446744073709551616"), NUM_OVERFLOW, UINT64_MAX },
		{ SLICE("18446744073709551620"), NUM_OVERFLOW, UINT64_MAX },
		{ SLICE("99999999999999999999999"), NUM_OVERFLOW, UINT64_MAX },
		{ SLICE("99999999999999999999999x"), NUM_BAD, 4711 },
		{ SLICE(""), NUM_BAD, 4711 },
		{ { NULL, 0 }, NUM_BAD, 4711 },
		{ SLICE("+1"), NUM_BAD, 4711 },
		{ SLICE("-1"), NUM_BAD, 4711 },
		{ SLICE(" 1"), NUM_BAD, 4711 },
		{ SLICE("1 "), NUM_BAD, 4711 },
		{ SLICE("1\0"), NUM_BAD, 4711 },
		{ SLICE("0x1"), NUM_BAD, 4711 },
		{ SLICE("a"), NUM_BAD, 4711 },
		{ SLICE("1.0"), NUM_BAD, 4711 },
		{ SLICE("1/"), NUM_BAD, 4711 },
		{ SLICE("1:"), NUM_BAD, 4711 },
	};

	check(num_decimal, table, COUNT(table));
}

Test(num, hex)
{
	static const struct row table[] = {
		{ SLICE("0"), NUM_OK, 0 },
		{ SLICE("fF"), NUM_OK, 255 },
		{ SLICE("ffffffffffffffff"), NUM_OK, UINT64_MAX },
		{ SLICE("00ffffffffffffffff"), NUM_OK, UINT64_MAX },
		{ SLICE("10000000000000000"), NUM_OVERFLOW, UINT64_MAX },
		{ SLICE("fffffffffffffffff"), NUM_OVERFLOW, UINT64_MAX },
		{ SLICE(""), NUM_BAD, 4711 },
		{ SLICE("0x1"), NUM_BAD, 4711 },
		{ SLICE("g"), NUM_BAD, 4711 },
		{ SLICE("-f"), NUM_BAD, 4711 },
		{ SLICE("f\n"), NUM_BAD, 4711 },
	};

	check(num_hex, table, COUNT(table));
}

Test(num, within)
{
	static const struct {
		struct slice text;
		uint64_t min, max;
		int status;
	} table[] = {
		{ SLICE("1"), 1, 65535, NUM_OK },
		{ SLICE("65535"), 1, 65535, NUM_OK },
		{ SLICE("0"), 1, 65535, NUM_OVERFLOW },
		{ SLICE("65536"), 1, 65535, NUM_OVERFLOW },
		{ SLICE("18446744073709551616"), 0, UINT64_MAX, NUM_OVERFLOW },
		{ SLICE("x"), 1, 65535, NUM_BAD },
		{ SLICE("5"), 5, 5, NUM_OK },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		uint64_t value = 4711;
		int status = num_within(
		    table[i].text, table[i].min, table[i].max, &value);

		cr_assert_eq(status, table[i].status, "row %zu", i);
		cr_assert_eq(value == 4711, status != NUM_OK, "row %zu", i);
	}
}

Test(num, text_is_read_back)
{
	static const uint64_t table[] = { 0, 1, 9, 10, 99, 100, 4294967295,
		4294967296, 9999999999999999999U, 10000000000000000000U,
		UINT64_MAX };

	for (size_t i = 0; i < COUNT(table); i++) {
		char text[NUM_MAX_TEXT], want[32];
		uint64_t back;
		size_t n = num_text(table[i], text);

		snprintf(want, sizeof(want), "%" PRIu64, table[i]);
		cr_assert_str_eq(text, want);
		cr_assert_eq(n, strlen(want));
		cr_assert_eq(
		    num_decimal((struct slice){ text, n }, &back), NUM_OK);
		cr_assert_eq(back, table[i]);
	}
}

Test(num, hexadecimal_text_is_read_back)
{
	static const uint64_t table[] = { 0, 1, 9, 10, 15, 16, 255, 256,
		0xdeadbeef, UINT64_MAX };

	for (size_t i = 0; i < COUNT(table); i++) {
		char text[NUM_MAX_TEXT], want[32];
		uint64_t back;
		size_t n = num_hex_text(table[i], text);

		snprintf(want, sizeof(want), "%" PRIx64, table[i]);
		cr_assert_str_eq(text, want);
		cr_assert_eq(n, strlen(want));
		cr_assert_eq(num_hex((struct slice){ text, n }, &back), NUM_OK);
		cr_assert_eq(back, table[i]);
	}
}

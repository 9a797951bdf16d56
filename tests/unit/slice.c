/*
 * slice.c - bytes that someone else owns, checked from tables.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include "bytes/slice.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct slice nothing = { NULL, 0 };

Test(slice, of_takes_the_length_of_a_string)
{
	cr_assert(slice_of("").n == 0);
	cr_assert(slice_of("abc").n == 3);
	cr_assert(slice_of(NULL).p == NULL && slice_of(NULL).n == 0);
}

Test(slice, between_excludes_the_end)
{
	const char *text = "abcdef";

	cr_assert(slice_is(slice_between(text + 1, text + 4), "bcd"));
	cr_assert(slice_between(text, text).n == 0);
}

Test(slice, equality)
{
	static const struct {
		struct slice a, b;
		bool same, same_but_for_case;
	} table[] = {
		{ SLICE(""), SLICE(""), true, true },
		{ { NULL, 0 }, SLICE(""), true, true },
		{ { NULL, 0 }, { NULL, 0 }, true, true },
		{ SLICE("a"), { NULL, 0 }, false, false },
		{ SLICE("abc"), SLICE("abc"), true, true },
		{ SLICE("abc"), SLICE("aBC"), false, true },
		{ SLICE("abc"), SLICE("abcd"), false, false },
		{ SLICE("a\0b"), SLICE("a\0b"), true, true },
		{ SLICE("a\0b"), SLICE("a\0c"), false, false },
		/* The bytes beside the letters differ from others by 32 too. */
		{ SLICE("@["), SLICE("`{"), false, false },
		{ SLICE("\xc4"), SLICE("\xe4"), false, false },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct slice a = table[i].a, b = table[i].b;

		cr_assert_eq(slice_eq(a, b), table[i].same, "row %zu", i);
		cr_assert_eq(slice_eq(b, a), table[i].same, "row %zu", i);
		cr_assert_eq(
		    slice_ieq(a, b), table[i].same_but_for_case, "row %zu", i);
	}
	cr_assert(slice_is((struct slice)SLICE("GET"), "GET"));
	cr_assert_not(slice_is((struct slice)SLICE("GET"), "get"));
	cr_assert(slice_iis((struct slice)SLICE("GET"), "get"));
	cr_assert_not(slice_iis((struct slice)SLICE("GET\0"), "get"));
}

Test(slice, starts_and_ends)
{
	static const struct {
		struct slice s;
		const char *with;
		bool starts, ends;
	} table[] = {
		{ SLICE("index.html"), "", true, true },
		{ SLICE("index.html"), "index", true, false },
		{ SLICE("index.html"), ".html", false, true },
		{ SLICE("index.html"), "index.html", true, true },
		{ SLICE("index.html"), "index.html.gz", false, false },
		{ SLICE("aXa"), "a", true, true },
		{ SLICE(""), "", true, true },
		{ SLICE(""), "a", false, false },
		{ { NULL, 0 }, "", true, true },
		{ { NULL, 0 }, "a", false, false },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		cr_assert_eq(slice_starts(table[i].s, table[i].with),
		    table[i].starts, "row %zu", i);
		cr_assert_eq(slice_ends(table[i].s, table[i].with),
		    table[i].ends, "row %zu", i);
	}
}

Test(slice, find_and_rfind)
{
	struct slice s = SLICE("a.b.c\0d");

	cr_assert(slice_find(s, '.') == s.p + 1);
	cr_assert(slice_rfind(s, '.') == s.p + 3);
	cr_assert(slice_find(s, '\0') == s.p + 5);
	cr_assert(slice_find(s, 'x') == NULL && slice_rfind(s, 'x') == NULL);
	s.n = 1; /* what lies behind the end is not looked at */
	cr_assert(slice_find(s, '.') == NULL && slice_rfind(s, '.') == NULL);
	cr_assert(slice_find(nothing, '.') == NULL);
	cr_assert(slice_rfind(nothing, '.') == NULL);
}

Test(slice, from_stops_at_the_end)
{
	struct slice s = SLICE("abc");

	cr_assert(slice_is(slice_from(s, 0), "abc"));
	cr_assert(slice_is(slice_from(s, 2), "c"));
	cr_assert(slice_from(s, 3).n == 0);
	cr_assert(slice_from(s, 4).n == 0);
	cr_assert(slice_from(s, SIZE_MAX).p == s.p + 3);
	cr_assert(slice_from(nothing, 5).n == 0);
}

Test(slice, trim_takes_space_and_tab_only)
{
	static const struct {
		struct slice s;
		const char *left;
	} table[] = {
		{ SLICE(""), "" },
		{ SLICE(" \t "), "" },
		{ SLICE("a"), "a" },
		{ SLICE("\t a b\t "), "a b" },
		{ SLICE("\r\na\r\n"), "\r\na\r\n" },
		{ SLICE("\va\f"), "\va\f" },
		{ { NULL, 0 }, "" },
	};

	for (size_t i = 0; i < COUNT(table); i++)
		cr_assert(slice_is(slice_trim(table[i].s), table[i].left),
		    "row %zu", i);
}

Test(slice, cut_gives_the_parts_in_turn)
{
	static const struct {
		struct slice all;
		const char *part[5];
	} table[] = {
		{ SLICE("a,b,"), { "a", "b", "" } },
		{ SLICE(","), { "", "" } },
		{ SLICE(""), { "" } },
		{ SLICE("abc"), { "abc" } },
		{ SLICE(",,x"), { "", "", "x" } },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct slice rest = table[i].all;
		size_t n = 0;

		while (rest.p != NULL) {
			struct slice part = slice_cut(&rest, ',');

			cr_assert(table[i].part[n] != NULL, "row %zu", i);
			cr_assert(slice_is(part, table[i].part[n]),
			    "row %zu part %zu", i, n);
			n++;
		}
		cr_assert(table[i].part[n] == NULL, "row %zu", i);
		cr_assert(rest.n == 0);
	}
}

Test(slice, copy_makes_a_string_or_says_why_not)
{
	char to[4];

	cr_assert_eq(slice_copy((struct slice)SLICE("abc"), to, 4), 0);
	cr_assert_str_eq(to, "abc");
	cr_assert_eq(slice_copy(nothing, to, 1), 0);
	cr_assert_str_eq(to, "");

	errno = 0;
	memset(to, 'x', sizeof(to));
	cr_assert_eq(slice_copy((struct slice)SLICE("abcd"), to, 4), -1);
	cr_assert_eq(errno, ENAMETOOLONG);
	cr_assert_str_eq(to, "");
	cr_assert_eq(to[1], 'x', "nothing is copied");

	cr_assert_eq(slice_copy((struct slice)SLICE("a\0b"), to, 4), -1);
	cr_assert_eq(errno, EINVAL);
	cr_assert_str_eq(to, "");

	to[0] = 'x';
	cr_assert_eq(slice_copy(nothing, to, 0), -1, "not even a NUL fits");
	cr_assert_eq(errno, ENAMETOOLONG);
	cr_assert_eq(to[0], 'x');
}

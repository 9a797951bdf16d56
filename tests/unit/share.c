/*
 * share.c - how much of a pool each service may take, from tables.
 */
#include <criterion/criterion.h>

#include "master/share.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define EVEN     SERVICE_SHARE

Test(share, shared_out)
{
	static const struct {
		size_t most;
		uint64_t asked[3];
		bool offered[3];
		bool right;
		size_t reserve[3];
	} table[] = {
		{ 8, { EVEN, EVEN }, { 1, 1 }, true, { 2, 2 } },
		{ 512, { EVEN, EVEN }, { 1, 1 }, true, { 128, 128 } },
		{ 12, { EVEN, EVEN, EVEN }, { 1, 1, 1 }, true, { 2, 2, 2 } },
		{ 3, { EVEN, EVEN }, { 1, 1 }, true, { 0, 0 } },
		{ 1, { EVEN, EVEN }, { 1, 1 }, true, { 0, 0 } },
		/* Alone there is nobody to keep anything from. */
		{ 8, { EVEN }, { 1 }, true, { 0 } },
		{ 8, { EVEN, EVEN }, { 1, 0 }, true, { 0, 0 } },
		{ 8, { EVEN, 5 }, { 1, 0 }, true, { 0, 0 } },
		/* What is asked for goes before. */
		{ 8, { EVEN, 0 }, { 1, 1 }, true, { 2, 0 } },
		{ 8, { EVEN, 7 }, { 1, 1 }, true, { 1, 7 } },
		{ 8, { EVEN, 8 }, { 1, 1 }, true, { 0, 8 } },
		{ 8, { EVEN, 9 }, { 1, 1 }, false, { 0, 0 } },
		{ 8, { 4, 4 }, { 1, 1 }, true, { 4, 4 } },
		{ 8, { 4, 5 }, { 1, 1 }, false, { 4, 0 } },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct share s;

		cr_expect_eq(share_out(&s, table[i].most, 3, table[i].asked,
				 table[i].offered),
		    table[i].right, "row %zu", i);
		for (size_t j = 0; table[i].right && j < 3; j++)
			cr_expect_eq(s.reserve[j], table[i].reserve[j],
			    "row %zu: %zu", i, j);
	}
}

Test(share, limits)
{
	static const struct share s = { 8, 2, { 2, 2 } };
	static const struct {
		size_t busy[2], first, second; /* limits */
	} table[] = {
		{ { 0, 0 }, 6, 6 },
		{ { 6, 0 }, 6, 8 },
		{ { 6, 1 }, 7, 8 },
		{ { 5, 2 }, 8, 8 },
		{ { 1, 6 }, 8, 7 },
		/* From before a reload, when the reserves were others. */
		{ { 8, 0 }, 6, 8 },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		cr_expect_eq(share_limit(&s, table[i].busy, 0), table[i].first,
		    "row %zu", i);
		cr_expect_eq(share_limit(&s, table[i].busy, 1), table[i].second,
		    "row %zu", i);
	}
}

Test(share, who_gives_way)
{
	static const struct share s = { 8, 2, { 2, 2 } };
	static const size_t busy[] = { 6, 2 };

	cr_expect(share_is_within(&s, (const size_t[]){ 6, 1 }, 1));
	cr_expect(!share_is_within(&s, busy, 1));
	cr_expect(share_gives_way(&s, busy, 0, 1));
	cr_expect(!share_gives_way(&s, busy, 1, 0));
	cr_expect(share_gives_way(&s, busy, 1, 1));
}

/*
 * mail_ends.c - tests of grammar/mail_ends.h.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "grammar/mail_ends.h"

#define LONGEST 8 /* bytes of a text, tried in every way */

/* In pieces of step bytes. */
static struct slice
put(struct slice in, size_t step, char *out)
{
	struct mail_ends e = { 0 };
	size_t n = 0;

	while (in.n > 0) {
		size_t some = in.n < step ? in.n : step;
		size_t got =
		    mail_ends_put(&e, (struct slice){ in.p, some }, out + n);

		cr_assert_leq(got, MAIL_ENDS_ROOM(some));
		n += got;
		in = slice_from(in, some);
	}
	n += mail_ends_end(&e, out + n);
	return (struct slice){ out, n };
}

Test(mail_ends, rows)
{
	static const struct {
		const char *sent, *stored;
	} rows[] = {
		{ "", "" },
		{ "a\r\nb\r\n", "a\nb\n" },
		{ "\r\n\r\n", "\n\n" },
		{ "a", "a" },
		{ "a\r", "a\r" },
		{ "a\rb\r\n", "a\rb\n" },
		{ "a\nb\r\n", "a\r\nb\n" },
		{ "\n\n", "\r\n\r\n" },
		{ "a\r\r\nb", "a\r\r\nb" },
		{ "a\r\r\r\nb\r\r", "a\r\r\r\nb\r\r" },
	};
	char out[64], back[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice got = put(slice_of(rows[i].sent), 99, out);

		cr_expect(slice_is(got, rows[i].stored), "row %zu: %.*s", i,
		    SLICE_FMT(got));
		cr_expect(slice_is(put(got, 99, back), rows[i].sent),
		    "row %zu, back", i);
	}
}

/* Every text over CR, LF and a letter: twice is what was there, and it does not
 * matter how the pieces are cut. */
Test(mail_ends, nothing_is_lost)
{
	char text[LONGEST], out[MAIL_ENDS_ROOM(LONGEST) + 1],
	    cut[MAIL_ENDS_ROOM(LONGEST) + 1],
	    back[MAIL_ENDS_ROOM(MAIL_ENDS_ROOM(LONGEST)) + 1];

	for (size_t n = 0; n <= LONGEST; n++) {
		unsigned all = 1;

		for (size_t i = 0; i < n; i++)
			all *= 3;
		for (unsigned k = 0; k < all; k++) {
			struct slice in = { text, n }, got;
			unsigned rest = k;

			for (size_t i = 0; i < n; i++, rest /= 3)
				text[i] = "\r\na"[rest % 3];
			got = put(in, n, out);
			cr_assert(
			    slice_eq(put(got, 3, back), in), "%u of %zu", k, n);
			for (size_t step = 1; step < n; step++)
				cr_assert(slice_eq(put(in, step, cut), got));
		}
	}
}

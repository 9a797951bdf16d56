/*
 * ascii.c - the character classes, written out again as the RFCs list them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "bytes/ascii.h"

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const struct {
	unsigned class;
	const char *name, *members;
} classes[] = {
	{ ASCII_DIGIT, "DIGIT", DIGITS },
	{ ASCII_ALPHA, "ALPHA", LETTERS },
	{ ASCII_HEX, "HEX", DIGITS "abcdefABCDEF" },
	/* RFC 9110 5.6.2 */
	{ ASCII_TCHAR, "tchar", "!#$%&'*+-.^_`|~" DIGITS LETTERS },
	/* RFC 3986 2.3 and 2.2 */
	{ ASCII_UNRESERVED, "unreserved", "-._~" DIGITS LETTERS },
	{ ASCII_SUBDELIM, "sub-delims", "!$&'()*+,;=" },
	/* RFC 5322 3.2.3 */
	{ ASCII_ATEXT, "atext", "!#$%&'*+-/=?^_`{|}~" DIGITS LETTERS },
};

Test(ascii, each_byte_is_in_its_classes_and_no_other)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		for (int c = 0; c < 256; c++) {
			bool member =
			    c != 0 && strchr(classes[i].members, c) != NULL;

			cr_assert_eq(ascii_is((char)c, classes[i].class),
			    member, "%s, byte %d", classes[i].name, c);
		}
	for (int c = 0; c < 256; c++)
		cr_assert_eq(ascii_is((char)c, ASCII_CTL), c < 32 || c == 127,
		    "CTL, byte %d", c);
}

Test(ascii, classes_may_be_joined)
{
	cr_assert(ascii_is('7', ASCII_ALPHA | ASCII_DIGIT));
	cr_assert(ascii_is('g', ASCII_ALPHA | ASCII_DIGIT));
	cr_assert_not(ascii_is('-', ASCII_ALPHA | ASCII_DIGIT));
	cr_assert_not(ascii_is('a', 0));
}

Test(ascii, case_changes_letters_only)
{
	for (int c = 0; c < 256; c++) {
		bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';

		cr_assert_eq(ascii_lower((char)c), (char)(upper ? c + 32 : c));
		cr_assert_eq(ascii_upper((char)c), (char)(lower ? c - 32 : c));
	}
}

Test(ascii, hex_digits_have_their_value)
{
	const char *digits = "0123456789abcdef";

	for (int c = 0; c < 256; c++) {
		const char *at =
		    c == 0 ? NULL : strchr(digits, ascii_lower((char)c));

		cr_assert_eq(ascii_hex((char)c),
		    at == NULL ? -1 : (int)(at - digits), "byte %d", c);
	}
}

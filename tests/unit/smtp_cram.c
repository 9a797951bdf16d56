/*
 * smtp_cram.c - tests of grammar/smtp_cram.h: RFC 2195 2 and RFC 2104 (its
 * appendix), and a key longer than a block.
 */
#include <criterion/criterion.h>

#include "grammar/smtp_cram.h"

/* clang-format off */
static const struct {
	struct slice secret, challenge;
	const char *answer;
} vectors[] = {
	{ SLICE("tanstaaftanstaaf"), SLICE("<1896.697170952@postoffice.reston.mci.net>"), "b913a602c7eda7a495b4e6e7334d3890" },
	{ SLICE("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"), SLICE("Hi There"), "9294727a3638bb1c13f48ef8158bfc9d" },
	{ SLICE("Jefe"), SLICE("what do ya want for nothing?"), "750c783e6ab0b503eaa86e310a5db738" },
	{ SLICE(""), SLICE(""), "74e6f7298a9c2d168935f58c001bad88" },
};
/* clang-format on */

Test(smtp_cram, vectors)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		char text[SMTP_CRAM_TEXT];

		smtp_cram_answer(vectors[i].secret, vectors[i].challenge, text);
		cr_expect_str_eq(text, vectors[i].answer);
	}
}

/* RFC 2202 2, case 6: a key of 80 bytes. */
Test(smtp_cram, long_key)
{
	char key[80], text[SMTP_CRAM_TEXT];

	memset(key, 0xaa, sizeof(key));
	smtp_cram_answer((struct slice){ key, sizeof(key) },
	    slice_of("Test Using Larger Than Block-Size Key - Hash Key First"),
	    text);
	cr_expect_str_eq(text, "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
}

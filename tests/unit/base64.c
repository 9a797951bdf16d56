/*
 * base64.c - tests of grammar/base64.h, on the vectors of RFC 4648 10.
 */
#include <criterion/criterion.h>

#include "grammar/base64.h"

/* clang-format off */
static const struct {
	const char *bytes, *text;
} vectors[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xff\xfe\xfd", "//79" },
	{ ">>>", "Pj4+" },
};

/* AUTH: bad base64 is 501 5.5.2, so each of these must be seen. */
static const char *const bad[] = {
	"Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zg==Zg==", "Zm9v Zg==",
	" Zm9v", "Zm9v\n", "Zm9-", "Zm9_", "Zh==", "Zm9=", "Z=9v", "Zg=v", "*",
	"Zm9\xc3",
};
/* clang-format on */

Test(base64, vectors)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct buf b;

		buf_init(&b, 100);
		base64_encode(slice_of(vectors[i].bytes), &b);
		cr_expect(slice_is(buf_slice(&b), vectors[i].text),
		    "encode \"%s\"", vectors[i].bytes);
		buf_clear(&b);
		cr_expect_eq(base64_decode(slice_of(vectors[i].text), &b), 0);
		cr_expect(slice_is(buf_slice(&b), vectors[i].bytes),
		    "decode \"%s\"", vectors[i].text);
		buf_free(&b);
	}
}

Test(base64, bad_is_refused)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf b;

		buf_init(&b, 100);
		cr_expect_eq(base64_decode(slice_of(bad[i]), &b), -1,
		    "\"%s\" was taken", bad[i]);
		buf_free(&b);
	}
}

Test(base64, a_nul_is_a_byte)
{
	struct buf b;

	buf_init(&b, 100);
	cr_expect_eq(base64_decode(slice_of("AGEAYg=="), &b), 0);
	cr_expect(slice_eq(buf_slice(&b), (struct slice)SLICE("\0a\0b")));
	buf_free(&b);
}

Test(base64, lines_of_76)
{
	char bytes[BASE64_LINE * 2 + 1] = { 0 };
	struct buf b;

	buf_init(&b, 1000);
	base64_lines((struct slice){ bytes, sizeof(bytes) }, &b);
	cr_expect_eq(b.n, 78 + 78 + 6);
	cr_expect_eq(memcmp(b.p + 76, "\r\n", 2), 0);
	cr_expect_eq(memcmp(b.p + 156, "AA==\r\n", 6), 0);
	buf_free(&b);
}

Test(base64, more_than_fits_is_no_success)
{
	struct buf b;

	buf_init(&b, 2);
	cr_expect_eq(base64_decode(slice_of("Zm9v"), &b), -1);
	buf_free(&b);
}

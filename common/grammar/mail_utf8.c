/*
 * mail_utf8.c - is this UTF-8?
 */
#include "grammar/mail_address.h"

/* How long the sequence that begins with c is; 0 when none begins so. */
static size_t
length_of(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

/*
 * The second byte is where overlong forms (E0, F0), surrogates (ED) and
 * values above 10FFFF (F4) are shut out: RFC 3629 section 4.
 */
static bool
may_follow(unsigned char first, unsigned char second)
{
	unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

	return second >= low && second <= high;
}

bool
mail_is_utf8(struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.n;) {
		size_t n = length_of(p[i]);

		if (n == 0 || n > s.n - i)
			return false;
		if (n > 1 && !may_follow(p[i], p[i + 1]))
			return false;
		for (size_t k = 2; k < n; k++)
			if ((p[i + k] & 0xc0) != 0x80)
				return false;
		i += n;
	}
	return true;
}

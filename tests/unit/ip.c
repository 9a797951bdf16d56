/*
 * ip.c - tests of grammar/ip.h: what inet_pton(3) says of the same texts.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#include "grammar/ip.h"
#include "split.h"

static const char *const texts[] = { "0.0.0.0", "127.0.0.1", "255.255.255.255",
	"256.0.0.1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3",
	"01.2.3.4", "1.2.3.04", "1.2.3.4 ", " 1.2.3.4", "0x1.2.3.4", "1234",
	"1.2.3.0004", "", ".", "...", "::", "::1", "1::", "1:2:3:4:5:6:7:8",
	"1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "1:2:3:4:5:6:7:8:9",
	"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2::3",
	":::", "::::", ":", "1:", ":1", "12345::", "g::", "::ffff:1.2.3.4",
	"::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
	"1.2.3.4::", "1:1.2.3.4::1", "::1.2.3", "::1.2.3.4:5", "::01.2.3.4",
	"2001:DB8::aBcD", "fe80::1%eth0", "::1 ", "1:2:3:4:5::1.2.3.4",
	"1:2:3:4:5:6::1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4::" };

Test(ip, as_inet_pton_has_it)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint8_t ours[IP_V6_SIZE], theirs[IP_V6_SIZE];
		struct slice s = slice_of(texts[i]);
		char *copy = split_copy(s);
		bool is4 = inet_pton(AF_INET, texts[i], theirs) == 1;

		s.p = copy;
		cr_expect_eq(ip_v4(s, ours), is4, "%s", texts[i]);
		if (is4)
			cr_expect_arr_eq(ours, theirs, IP_V4_SIZE);
		bool is6 = inet_pton(AF_INET6, texts[i], theirs) == 1;
		cr_expect_eq(ip_v6(s, ours), is6, "%s", texts[i]);
		if (is6)
			cr_expect_arr_eq(ours, theirs, IP_V6_SIZE);
		free(copy);
	}
}

Test(ip, a_byte_zero_is_no_end)
{
	uint8_t to[IP_V6_SIZE];

	cr_expect(!ip_v4((struct slice)SLICE("1.2.3.4\0"), to));
	cr_expect(!ip_v6((struct slice)SLICE("::1\0"), to));
}

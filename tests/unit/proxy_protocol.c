/*
 * proxy_protocol.c - tests of grammar/proxy_protocol.h.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "bytes/buf.h"
#include "grammar/proxy_protocol.h"
#include "split.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4        "\xc0\0\2\x01\xc6\x33\x64\x02\xc0\xde\x01\xbb"
#define V6_FROM   "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
#define V6_TO     "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"

#define A48  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define UNIX A48 A48 "AAAAAAAAAAAA"

/* clang-format off */
static const struct {
	const char *what;
	struct slice bytes;
	long said;
	enum proxy_family family;
} rows[] = {
	/* version 1 */
	{ "v4", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 49374 443\r\n"), 45, PROXY_V4 },
	{ "v4 and what follows", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 49374 443\r\nGET / HTTP/1.1\r\n"), 45, PROXY_V4 },
	{ "v6", SLICE("PROXY TCP6 2001:db8::1 2001:db8::2 49374 443\r\n"), 46, PROXY_V6 },
	{ "longest v6", SLICE("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"), 104, PROXY_V6 },
	{ "unknown", SLICE("PROXY UNKNOWN\r\n"), 15, PROXY_UNKNOWN },
	{ "unknown, with words", SLICE("PROXY UNKNOWN any thing at all\r\n"), 32, PROXY_UNKNOWN },
	{ "longest line", SLICE("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"), 107, PROXY_UNKNOWN },
	{ "too long a line", SLICE("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535 \r\n"), PROXY_LONG, 0 },
	{ "no end", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 49374 443"), 0, 0 },
	{ "half an end", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 49374 443\r"), 0, 0 },
	{ "bare LF", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 49374 443\n"), PROXY_BAD, 0 },
	{ "CR inside", SLICE("PROXY UNKNOWN \r \r\n"), PROXY_BAD, 0 },
	{ "only the word", SLICE("PROXY \r\n"), PROXY_BAD, 0 },
	{ "lower case", SLICE("PROXY tcp4 192.0.2.1 198.51.100.2 49374 443\r\n"), PROXY_BAD, 0 },
	{ "UDP", SLICE("PROXY UDP4 192.0.2.1 198.51.100.2 49374 443\r\n"), PROXY_BAD, 0 },
	{ "two blanks", SLICE("PROXY TCP4  192.0.2.1 198.51.100.2 49374 443\r\n"), PROXY_BAD, 0 },
	{ "one port", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 49374\r\n"), PROXY_BAD, 0 },
	{ "a word too many", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 49374 443 1\r\n"), PROXY_BAD, 0 },
	{ "a blank too many", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 49374 443 \r\n"), PROXY_BAD, 0 },
	{ "v6 in TCP4", SLICE("PROXY TCP4 ::1 ::1 49374 443\r\n"), PROXY_BAD, 0 },
	{ "v4 in TCP6", SLICE("PROXY TCP6 192.0.2.1 198.51.100.2 49374 443\r\n"), PROXY_BAD, 0 },
	{ "a name", SLICE("PROXY TCP4 localhost 198.51.100.2 49374 443\r\n"), PROXY_BAD, 0 },
	{ "too large a port", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n"), PROXY_BAD, 0 },
	{ "a port with a zero before it", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 080 443\r\n"), PROXY_BAD, 0 },
	{ "a port with a sign", SLICE("PROXY TCP4 192.0.2.1 198.51.100.2 +80 443\r\n"), PROXY_BAD, 0 },
	{ "a NUL in an address", SLICE("PROXY TCP4 192.0.2.1\0 198.51.100.2 80 443\r\n"), PROXY_BAD, 0 },

	/* other bytes */
	{ "HTTP", SLICE("GET / HTTP/1.1\r\n"), PROXY_NONE, 0 },
	{ "HTTP that begins alike", SLICE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), PROXY_NONE, 0 },
	{ "an empty line before HTTP", SLICE("\r\nGET"), PROXY_NONE, 0 },
	{ "TLS", SLICE("\x16\x03\x01"), PROXY_NONE, 0 },
	{ "the word without a blank", SLICE("PROXYTCP4"), PROXY_NONE, 0 },
	{ "SMTP", SLICE("EHLO a\r\n"), PROXY_NONE, 0 },
	{ "nothing", SLICE(""), 0, 0 },
	{ "a beginning", SLICE("PRO"), 0, 0 },

	/* version 2 */
	{ "v4", SLICE(SIGNATURE "\x21\x11\0\x0c" V4 "GET"), 28, PROXY_V4 },
	{ "v6", SLICE(SIGNATURE "\x21\x21\0\x24" V6_FROM V6_TO "\xc0\xde\x01\xbb"), 52, PROXY_V6 },
	{ "unix", SLICE(SIGNATURE "\x21\x31\0\xd8" UNIX UNIX), 232, PROXY_UNIX },
	{ "local", SLICE(SIGNATURE "\x20\0\0\0"), 16, PROXY_UNKNOWN },
	{ "local, with what is skipped", SLICE(SIGNATURE "\x20\x99\0\5\1\xff\xff\0\0"), 21, PROXY_UNKNOWN },
	{ "not specified", SLICE(SIGNATURE "\x21\0\0\0"), 16, PROXY_UNKNOWN },
	{ "not specified, with words", SLICE(SIGNATURE "\x21\0\0\4\5\0\1x"), 20, PROXY_UNKNOWN },
	{ "not the whole beginning", SLICE(SIGNATURE "\x21\x11\0"), 0, 0 },
	{ "not the whole", SLICE(SIGNATURE "\x21\x11\0\x0c\xc0\0\2\x01\xc6\x33\x64\x02\xc0\xde\x01"), 0, 0 },
	{ "another signature", SLICE("\r\n\r\n\0\r\nQUIT\r\x21\x11\0\x0c"), PROXY_NONE, 0 },
	{ "version 1 in binary", SLICE(SIGNATURE "\x11\x11\0\x0c"), PROXY_BAD, 0 },
	{ "version 3", SLICE(SIGNATURE "\x31\x11\0\x0c"), PROXY_BAD, 0 },
	{ "another command", SLICE(SIGNATURE "\x22\x11\0\x0c"), PROXY_BAD, 0 },
	{ "datagrams", SLICE(SIGNATURE "\x21\x12\0\x0c" V4), PROXY_BAD, 0 },
	{ "no family", SLICE(SIGNATURE "\x21\x41\0\x0c"), PROXY_BAD, 0 },
	{ "no transport", SLICE(SIGNATURE "\x21\x10\0\x0c"), PROXY_BAD, 0 },
	{ "too short for v4", SLICE(SIGNATURE "\x21\x11\0\x0b"), PROXY_BAD, 0 },
	{ "too short for v6", SLICE(SIGNATURE "\x21\x21\0\x23"), PROXY_BAD, 0 },
	{ "too long", SLICE(SIGNATURE "\x21\x11\xff\xff"), PROXY_LONG, 0 },
	{ "half of a fact", SLICE(SIGNATURE "\x21\x11\0\x0e" V4 "\4\0"), PROXY_BAD, 0 },
	{ "a fact that is longer than all", SLICE(SIGNATURE "\x21\x11\0\x10" V4 "\4\0\2x"), PROXY_BAD, 0 },
	{ "an unknown fact", SLICE(SIGNATURE "\x21\x11\0\x10" V4 "\xee\0\1x"), 32, PROXY_V4 },
	{ "TLS too short", SLICE(SIGNATURE "\x21\x11\0\x13" V4 "\x20\0\4\1\0\0\0"), PROXY_BAD, 0 },
	{ "TLS with half a fact", SLICE(SIGNATURE "\x21\x11\0\x16" V4 "\x20\0\7\1\0\0\0\0\x21\0"), PROXY_BAD, 0 },
	{ "a wrong checksum", SLICE(SIGNATURE "\x21\x11\0\x13" V4 "\3\0\4\1\2\3\4"), PROXY_CHECKSUM, 0 },
	{ "a short checksum", SLICE(SIGNATURE "\x21\x11\0\x12" V4 "\3\0\3\1\2\3"), PROXY_BAD, 0 },
};
/* clang-format on */

static long
parse(struct slice s, void *h)
{
	return proxy_header(s, h);
}

Test(proxy_protocol, rows)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *copy = split_copy(rows[i].bytes);
		struct proxy_header whole, pieces;

		cr_expect_eq(
		    proxy_header(
			(struct slice){ copy, rows[i].bytes.n }, &whole),
		    rows[i].said, "%s", rows[i].what);
		cr_expect_eq(split_feed(rows[i].bytes, parse, &pieces),
		    rows[i].said, "%s, byte by byte", rows[i].what);
		if (rows[i].said > 0)
			cr_expect_eq(
			    whole.family, rows[i].family, "%s", rows[i].what);
		if (rows[i].said < 0)
			cr_expect_neq(proxy_why(rows[i].said)[0], '\0');
		free(copy);
	}
}

static void
expect_slice(struct slice s, const char *text)
{
	cr_expect(slice_is(s, text), "%.*s, not %s", SLICE_FMT(s), text);
}

Test(proxy_protocol, both_versions_mean_the_same)
{
	static const struct slice one =
	    SLICE("PROXY TCP6 2001:db8::1 2001:db8::2 49374 443\r\n");
	static const struct slice two =
	    SLICE(SIGNATURE "\x21\x21\0\x24" V6_FROM V6_TO "\xc0\xde\x01\xbb");
	struct proxy_header a, b;

	cr_assert_gt(proxy_header(one, &a), 0);
	cr_assert_gt(proxy_header(two, &b), 0);
	cr_expect_eq(a.version, 1);
	cr_expect_eq(b.version, 2);
	cr_expect_arr_eq(a.from, V6_FROM, 16);
	cr_expect_arr_eq(a.to, V6_TO, 16);
	cr_expect_arr_eq(a.from, b.from, 16);
	cr_expect_arr_eq(a.to, b.to, 16);
	cr_expect_eq(a.from_port, 49374);
	cr_expect_eq(a.to_port, 443);
	cr_expect_eq(b.from_port, 49374);
	cr_expect_eq(b.to_port, 443);
	cr_expect(!a.local && !b.local && !a.tls && !b.tls);
}

Test(proxy_protocol, what_is_said_of_tls)
{
	static const struct slice all =
	    SLICE(SIGNATURE "\x21\x11\0\x51" V4 "\1\0\2h2"
			    "\2\0\x0b"
			    "example.org"
			    "\5\0\4id-1"
			    "\x20\0\x28\7\0\0\0\0"
			    "\x21\0\7TLSv1.3"
			    "\x22\0\5alice"
			    "\x23\0\x0e"
			    "TLS_AES_128_GC");
	struct proxy_header h;

	cr_assert_eq(proxy_header(all, &h), (long)all.n);
	cr_expect_arr_eq(h.from, "\xc0\0\2\1", 4);
	expect_slice(h.alpn, "h2");
	expect_slice(h.authority, "example.org");
	expect_slice(h.unique_id, "id-1");
	expect_slice(h.tls_version, "TLSv1.3");
	expect_slice(h.common_name, "alice");
	expect_slice(h.tls_cipher, "TLS_AES_128_GC");
	cr_expect(h.tls && h.certified);
}

Test(proxy_protocol, a_certificate_that_was_not_verified_is_none)
{
	static const struct slice all =
	    SLICE(SIGNATURE "\x21\0\0\x08\x20\0\5\7\0\0\0\1");
	struct proxy_header h;

	cr_assert_eq(proxy_header(all, &h), (long)all.n);
	cr_expect(h.tls && !h.certified);
}

/* CRC32C by a table of 16, against the bit by bit of the parser. */
static uint32_t
crc32c(const char *p, size_t n)
{
	uint32_t crc = ~(uint32_t)0, table[16];

	for (uint32_t i = 0; i < 16; i++) {
		table[i] = i;
		for (int bit = 0; bit < 4; bit++)
			table[i] =
			    table[i] >> 1 ^ (table[i] & 1 ? 0x82f63b78 : 0);
	}
	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned char)p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

Test(proxy_protocol, a_checksum_that_is_right)
{
	char all[] = SIGNATURE "\x21\x11\0\x17" V4 "\3\0\4\0\0\0\0\4\0\1x";
	struct slice s = { all, sizeof(all) - 1 };
	struct proxy_header h;
	uint32_t crc;

	cr_assert_eq(crc32c("123456789", 9), 0xe3069283);
	crc = crc32c(all, s.n);
	for (int i = 0; i < 4; i++)
		all[31 + i] = (char)(crc >> (24 - 8 * i));
	cr_expect_eq(proxy_header(s, &h), (long)s.n);
	all[20]++;
	cr_expect_eq(proxy_header(s, &h), PROXY_CHECKSUM);
}

/* The longest that is taken, and one byte more. */
Test(proxy_protocol, the_longest)
{
	size_t most = PROXY_HEADER_MAX - PROXY_V2_FIXED;
	struct proxy_header h;
	struct buf b;

	buf_init(&b, 2 * PROXY_HEADER_MAX);
	buf_add(&b, SIGNATURE "\x21\0", 14);
	buf_addc(&b, (char)(most >> 8));
	buf_addc(&b, (char)most);
	buf_addc(&b, 4); /* NOOP */
	buf_addc(&b, (char)((most - 3) >> 8));
	buf_addc(&b, (char)(most - 3));
	while (b.n < PROXY_HEADER_MAX)
		buf_addc(&b, 'x');
	cr_assert(!b.failed);
	cr_expect_eq(proxy_header(buf_slice(&b), &h), PROXY_HEADER_MAX);
	b.p[15]++;
	cr_expect_eq(proxy_header(buf_slice(&b), &h), PROXY_LONG);
	buf_free(&b);
}

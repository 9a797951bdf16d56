/*
 * smtp_cram.c - the answer to a CRAM-MD5 challenge.
 */
#include "grammar/smtp_cram.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK  64 /* bytes that MD5 takes at once */
#define DIGEST 16

struct md5 {
	uint32_t state[4];
	uint64_t size; /* bytes so far */
	unsigned char block[BLOCK];
};

/* clang-format off */
/* The whole part of 2^32 times |sin(i + 1)|: RFC 1321 3.4. */
static const uint32_t sines[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee,
	0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
	0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
	0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
	0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
	0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
	0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05,
	0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039,
	0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const unsigned char turns[4][4] = {
	{ 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 },
};
/* clang-format on */

static uint32_t
turn(uint32_t v, unsigned by)
{
	return v << by | v >> (32 - by);
}

/* The function of a round, and which word of the block a step takes. */
static uint32_t
mix(unsigned i, uint32_t b, uint32_t c, uint32_t d, unsigned *word)
{
	switch (i / 16) {
	case 0:
		*word = i;
		return (b & c) | (~b & d);
	case 1:
		*word = (5 * i + 1) % 16;
		return (b & d) | (c & ~d);
	case 2:
		*word = (3 * i + 5) % 16;
		return b ^ c ^ d;
	default:
		*word = 7 * i % 16;
		return c ^ (b | ~d);
	}
}

static void
take_block(struct md5 *m)
{
	uint32_t a = m->state[0], b = m->state[1], c = m->state[2],
		 d = m->state[3], w[16];

	for (unsigned i = 0; i < 16; i++)
		w[i] = (uint32_t)m->block[4 * i] |
		    (uint32_t)m->block[4 * i + 1] << 8 |
		    (uint32_t)m->block[4 * i + 2] << 16 |
		    (uint32_t)m->block[4 * i + 3] << 24;
	for (unsigned i = 0; i < 64; i++) {
		unsigned word;
		uint32_t f = mix(i, b, c, d, &word) + a + sines[i] + w[word];

		a = d;
		d = c;
		c = b;
		b += turn(f, turns[i / 16][i % 4]);
	}
	m->state[0] += a;
	m->state[1] += b;
	m->state[2] += c;
	m->state[3] += d;
}

static void
md5_init(struct md5 *m)
{
	*m = (struct md5){ .state = { 0x67452301, 0xefcdab89, 0x98badcfe,
			       0x10325476 } };
}

static void
md5_add(struct md5 *m, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++) {
		m->block[m->size++ % BLOCK] = p[i];
		if (m->size % BLOCK == 0)
			take_block(m);
	}
}

static void
md5_end(struct md5 *m, unsigned char digest[DIGEST])
{
	static const unsigned char pad[BLOCK] = { 0x80 };
	uint64_t bits = m->size * 8;
	unsigned char length[8];

	for (unsigned i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> 8 * i);
	md5_add(m, pad, 1 + (BLOCK + 55 - m->size % BLOCK) % BLOCK);
	md5_add(m, length, sizeof(length));
	for (unsigned i = 0; i < DIGEST; i++)
		digest[i] = (unsigned char)(m->state[i / 4] >> 8 * (i % 4));
}

/* The key with every byte turned over by pad, then the text, digested. */
static void
keyed(const unsigned char key[BLOCK], unsigned char pad, const void *text,
    size_t n, unsigned char digest[DIGEST])
{
	unsigned char turned[BLOCK];
	struct md5 m;

	for (unsigned i = 0; i < BLOCK; i++)
		turned[i] = key[i] ^ pad;
	md5_init(&m);
	md5_add(&m, turned, BLOCK);
	md5_add(&m, text, n);
	md5_end(&m, digest);
}

void
smtp_cram_answer(
    struct slice secret, struct slice challenge, char text[SMTP_CRAM_TEXT])
{
	unsigned char key[BLOCK] = { 0 }, inner[DIGEST], outer[DIGEST];
	struct md5 m;

	if (secret.n > BLOCK) {
		md5_init(&m);
		md5_add(&m, secret.p, secret.n);
		md5_end(&m, key);
	} else if (secret.n > 0) {
		memcpy(key, secret.p, secret.n);
	}
	keyed(key, 0x36, challenge.p, challenge.n, inner);
	keyed(key, 0x5c, inner, DIGEST, outer);
	for (unsigned i = 0; i < DIGEST; i++)
		snprintf(text + 2 * i, 3, "%02x", outer[i]);
}

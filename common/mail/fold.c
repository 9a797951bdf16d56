/*
 * fold.c - text as a search compares it.
 */
#include "mail/fold.h"

#define BAD 0xfffd

/* From first to last; every step-th is a capital, small letters are by
 * further on. */
static const struct range {
	uint32_t first, last;
	int step, by;
} ranges[] = {
	{ 0x41, 0x5a, 1, 32 },
	{ 0xc0, 0xd6, 1, 32 },
	{ 0xd8, 0xde, 1, 32 },
	{ 0x100, 0x12e, 2, 1 },
	{ 0x130, 0x130, 1, 'i' - 0x130 },
	{ 0x132, 0x136, 2, 1 },
	{ 0x139, 0x147, 2, 1 },
	{ 0x14a, 0x176, 2, 1 },
	{ 0x178, 0x178, 1, 0xff - 0x178 },
	{ 0x179, 0x17d, 2, 1 },
	{ 0x1cd, 0x1db, 2, 1 },
	{ 0x1de, 0x1ee, 2, 1 },
	{ 0x1f8, 0x21e, 2, 1 },
	{ 0x222, 0x232, 2, 1 },
	{ 0x386, 0x386, 1, 38 },
	{ 0x388, 0x38a, 1, 37 },
	{ 0x38c, 0x38c, 1, 64 },
	{ 0x38e, 0x38f, 1, 63 },
	{ 0x391, 0x3a1, 1, 32 },
	{ 0x3a3, 0x3ab, 1, 32 },
	{ 0x3c2, 0x3c2, 1, 1 }, /* a sigma is a sigma at the end, too */
	{ 0x400, 0x40f, 1, 80 },
	{ 0x410, 0x42f, 1, 32 },
	{ 0x460, 0x480, 2, 1 },
	{ 0x48a, 0x4be, 2, 1 },
	{ 0x4c0, 0x4c0, 1, 15 },
	{ 0x4c1, 0x4cd, 2, 1 },
	{ 0x4d0, 0x52e, 2, 1 },
	{ 0x531, 0x556, 1, 48 },
	{ 0x1e00, 0x1e94, 2, 1 },
	{ 0x1e9e, 0x1e9e, 1, 0xdf - 0x1e9e },
	{ 0x1ea0, 0x1efe, 2, 1 },
	{ 0xff21, 0xff3a, 1, 32 },
};

static uint32_t
lower(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		const struct range *r = &ranges[i];

		if (c < r->first)
			break;
		if (c <= r->last && (c - r->first) % (unsigned)r->step == 0)
			return (uint32_t)((int64_t)c + r->by);
	}
	return c;
}

static bool
is_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 ||
	    c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
	    c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* Shown as nothing: control bytes, soft hyphens, joiners, marks of order. */
static bool
is_nothing(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0xad ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x2060 && c <= 0x2064) ||
	    c == 0xfeff;
}

/* How many bytes follow the first one, or -1 if it begins nothing. */
static int
followers(unsigned char c, uint32_t *bits, uint32_t *least)
{
	static const uint32_t leasts[] = { 0, 0x80, 0x800, 0x10000 };
	int n = c < 0x80 ? 0 :
	    c < 0xc2     ? -1 :
	    c < 0xe0     ? 1 :
	    c < 0xf0     ? 2 :
	    c < 0xf5     ? 3 :
			   -1;

	if (n >= 0) {
		*bits = n == 0 ? c : c & (0x3fU >> n);
		*least = leasts[n];
	}
	return n;
}

uint32_t
fold_next(struct slice *rest)
{
	uint32_t c = 0, least = 0;
	int n = followers((unsigned char)rest->p[0], &c, &least);

	if (n < 0 || (size_t)n >= rest->n)
		n = -1;
	for (int i = 1; i <= n; i++) {
		unsigned char b = (unsigned char)rest->p[i];

		if ((b & 0xc0) != 0x80) {
			n = -1;
			break;
		}
		c = c << 6 | (b & 0x3f);
	}
	if (n < 0 || c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
		*rest = slice_from(*rest, 1);
		return BAD;
	}
	*rest = slice_from(*rest, (size_t)n + 1);
	return c;
}

void
fold_put(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_addc(b, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_addc(b, (char)(0xe0 | c >> 12));
		} else {
			buf_addc(b, (char)(0xf0 | c >> 18));
			buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_addc(b, (char)(0x80 | (c & 0x3f)));
}

void
fold_text(struct slice text, struct buf *out)
{
	size_t start = out->n;
	bool space = false;

	while (text.n > 0) {
		uint32_t c = fold_next(&text);

		if (is_space(c)) {
			space = true;
			continue;
		}
		if (is_nothing(c))
			continue;
		if (space && out->n > start)
			buf_addc(out, ' ');
		space = false;
		fold_put(out, lower(c));
	}
}

size_t
fold_length(struct slice s)
{
	size_t n = 0;

	for (; s.n > 0; n++)
		fold_next(&s);
	return n;
}

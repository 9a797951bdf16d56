/*
 * html_entity.c - &amp; and &#38; and &#x26;: characters of HTML by name and by
 * number.
 */
#include <stdint.h>

#include "bytes/ascii.h"
#include "bytes/num.h"
#include "indexer/html_text.h"

#define NAME_MOST 12 /* bytes of a name or a number */

/* Who writes numbers from 128 to 159 means windows-1252 (HTML 13.2.5.80). */
static const uint16_t of_1252[32] = { 0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e,
	0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd,
	0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
	0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e,
	0x0178 };

static void
add_utf8(uint32_t c, struct buf *out)
{
	if (c < 0x80) {
		buf_addc(out, (char)c);
	} else if (c < 0x800) {
		buf_addc(out, (char)(0xc0 | c >> 6));
		buf_addc(out, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		buf_addc(out, (char)(0xe0 | c >> 12));
		buf_addc(out, (char)(0x80 | (c >> 6 & 63)));
		buf_addc(out, (char)(0x80 | (c & 63)));
	} else {
		buf_addc(out, (char)(0xf0 | c >> 18));
		buf_addc(out, (char)(0x80 | (c >> 12 & 63)));
		buf_addc(out, (char)(0x80 | (c >> 6 & 63)));
		buf_addc(out, (char)(0x80 | (c & 63)));
	}
}

/* A character's number, without "#".  Returns whether it is one. */
static bool
add_number(struct slice digits, struct buf *out)
{
	uint64_t c;
	int status;

	if (digits.n > 0 && ascii_lower(digits.p[0]) == 'x')
		status = num_hex(slice_from(digits, 1), &c);
	else
		status = num_decimal(digits, &c);
	if (status == NUM_BAD)
		return false;
	if (c >= 128 && c < 160)
		c = of_1252[c - 128];
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	add_utf8((uint32_t)c, out);
	return true;
}

/* The name, or the number with its "#", at the beginning; empty for none. */
static struct slice
name_at(struct slice s)
{
	unsigned class = ASCII_ALPHA | ASCII_DIGIT;
	size_t n = 0;

	if (slice_starts(s, "#x") || slice_starts(s, "#X")) {
		class = ASCII_HEX;
		n = 2;
	} else if (slice_starts(s, "#")) {
		class = ASCII_DIGIT;
		n = 1;
	}
	while (n < s.n && n <= NAME_MOST && ascii_is(s.p[n], class))
		n++;
	return (struct slice){ s.p, n <= NAME_MOST ? n : 0 };
}

size_t
html_entity(struct slice html, struct buf *out)
{
	struct slice name = name_at(slice_from(html, 1));
	size_t n = 1 + name.n;
	bool ends = n < html.n && html.p[n] == ';';
	const char *text;

	if (html.n == 0 || html.p[0] != '&' || name.n == 0)
		return 0;
	if (name.p[0] == '#')
		return add_number(slice_from(name, 1), out) ? n + ends : 0;
	/* "&copy=1" in a link is no sign. */
	text = ends ? html_entity_named(name) : NULL;
	if (text == NULL)
		return 0;
	buf_addz(out, text);
	return n + 1;
}

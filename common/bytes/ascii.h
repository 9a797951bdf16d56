/*
 * ascii.h - what kind of byte is this?
 *
 * The character classes of the RFCs, without a locale and without the
 * surprises of <ctype.h> for bytes above 127.  One table, one look-up.
 */
#ifndef ASCII_H
#define ASCII_H

#include <stdbool.h>
#include <stdint.h>

enum ascii_class {
	ASCII_DIGIT = 1 << 0,      /* 0-9 */
	ASCII_ALPHA = 1 << 1,      /* A-Z a-z */
	ASCII_HEX = 1 << 2,        /* 0-9 A-F a-f */
	ASCII_TCHAR = 1 << 3,      /* RFC 9110 5.6.2, a byte of a token */
	ASCII_CTL = 1 << 4,        /* 0-31 and 127 */
	ASCII_UNRESERVED = 1 << 5, /* RFC 3986 2.3 */
	ASCII_SUBDELIM = 1 << 6,   /* RFC 3986 2.2 */
	ASCII_ATEXT = 1 << 7,      /* RFC 5322 3.2.3, a byte of an atom */
};

extern const uint8_t ascii_table[256];

/*
 * Is c in one of these classes (or-ed together)?
 */
static inline bool
ascii_is(char c, unsigned classes)
{
	return (ascii_table[(unsigned char)c] & classes) != 0;
}

/*
 * The lower, or upper, case of an ASCII letter; other bytes are returned as
 * they are.
 */
static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline char
ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

/*
 * The value of a hexadecimal digit, or -1.
 */
static inline int
ascii_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif

/*
 * num.h - numbers as text, without strtol's signs, spaces, bases and overflow.
 */
#ifndef NUM_H
#define NUM_H

#include <stdint.h>

#include "bytes/slice.h"

#define NUM_MAX_TEXT 21 /* a 64-bit number in decimal, and a NUL */

enum num_status {
	NUM_OK = 0,
	NUM_BAD = -1,      /* empty, or a byte that is no digit */
	NUM_OVERFLOW = -2, /* digits only, but more than 64 bits */
};

/*
 * Read the whole slice as 1*DIGIT, or 1*HEXDIG, into *value.  Leading zeros
 * are allowed and mean nothing.  Returns a num_status; *value is UINT64_MAX
 * on overflow and untouched when bad.
 */
int num_decimal(struct slice, uint64_t *value);
int num_hex(struct slice, uint64_t *value);

/*
 * As num_decimal, and the value must be between min and max: anything else
 * is NUM_BAD (a number out of bounds is NUM_OVERFLOW).
 */
int num_within(struct slice, uint64_t min, uint64_t max, uint64_t *value);

/*
 * Write value in decimal, or in lower-case hexadecimal, with a NUL to text.
 * Returns the count of digits.
 */
size_t num_text(uint64_t value, char text[NUM_MAX_TEXT]);
size_t num_hex_text(uint64_t value, char text[NUM_MAX_TEXT]);

#endif

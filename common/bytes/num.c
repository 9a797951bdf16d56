/*
 * num.c - numbers as text.
 */
#include "bytes/num.h"

#include <string.h>

#include "bytes/ascii.h"

static int
read_digits(struct slice s, unsigned base, uint64_t *value)
{
	uint64_t v = 0;
	bool over = false;

	if (s.n == 0)
		return NUM_BAD;
	for (size_t i = 0; i < s.n; i++) {
		int digit = ascii_hex(s.p[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return NUM_BAD;
		if (v > (UINT64_MAX - (unsigned)digit) / base)
			over = true;
		else
			v = v * base + (unsigned)digit;
	}
	*value = over ? UINT64_MAX : v;
	return over ? NUM_OVERFLOW : NUM_OK;
}

int
num_decimal(struct slice s, uint64_t *value)
{
	return read_digits(s, 10, value);
}

int
num_hex(struct slice s, uint64_t *value)
{
	return read_digits(s, 16, value);
}

int
num_within(struct slice s, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t v;
	int status = num_decimal(s, &v);

	if (status != NUM_OK)
		return status;
	if (v < min || v > max)
		return NUM_OVERFLOW;
	*value = v;
	return NUM_OK;
}

static size_t
write_digits(uint64_t value, unsigned base, char text[NUM_MAX_TEXT])
{
	char digits[NUM_MAX_TEXT];
	char *p = digits + sizeof(digits);
	size_t n;

	*--p = '\0';
	do {
		*--p = "0123456789abcdef"[value % base];
		value /= base;
	} while (value > 0);
	n = (size_t)(digits + sizeof(digits) - p);
	memcpy(text, p, n);
	return n - 1;
}

size_t
num_text(uint64_t value, char text[NUM_MAX_TEXT])
{
	return write_digits(value, 10, text);
}

size_t
num_hex_text(uint64_t value, char text[NUM_MAX_TEXT])
{
	return write_digits(value, 16, text);
}

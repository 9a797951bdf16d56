/*
 * log2.c - the binary logarithm, which the C library keeps in libm.
 *
 * Brotli's encoder wants it and nothing else of libm; with this one a server
 * of files has five mappings less in each process.  It is right to some 1e-15,
 * and what is not a positive number has the answers of IEEE 754.  Called by
 * the encoder alone (the linker is told so: -u in the GNUmakefile).
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define MANTISSA_BITS 52
#define BIAS          1023
#define LN_2          0.693147180559945309417
#define ROOT_HALF     0.707106781186547524401
#define TERMS         12 /* 0.172^25 / 25 is below what a double can hold */

/* x = m * 2^e with m from 1/2 to 1 (frexp(3)); x is positive and finite. */
static double
split(double x, int *e)
{
	uint64_t bits;

	*e = 0;
	if (x < 0x1p-1022) { /* no leading one */
		x *= 0x1p54;
		*e = -54;
	}
	memcpy(&bits, &x, sizeof(bits));
	*e += (int)(bits >> MANTISSA_BITS) - BIAS + 1;
	bits &= (UINT64_C(1) << MANTISSA_BITS) - 1;
	bits |= (uint64_t)(BIAS - 1) << MANTISSA_BITS;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

double
log2(double x)
{
	double m, s, sum = 0;
	int e;

	if (isnan(x) || x == INFINITY)
		return x;
	if (x <= 0)
		return x < 0 ? NAN : -INFINITY;
	m = split(x, &e);
	if (m < ROOT_HALF) {
		m *= 2;
		e--;
	}
	/* ln m = 2 (s + s^3 / 3 + s^5 / 5 ...) with s = (m - 1) / (m + 1) */
	s = (m - 1) / (m + 1);
	for (int i = TERMS; i >= 0; i--)
		sum = sum * s * s + 1.0 / (2 * i + 1);
	return e + 2 / LN_2 * s * sum;
}

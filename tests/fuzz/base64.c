/*
 * base64.c - fuzz base64: what decodes is what its bytes encode to, and any
 * bytes come back.
 */
#include <stdint.h>
#include <stdlib.h>

#include "grammar/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf a, b;

	buf_init(&a, 2 * size + 4);
	buf_init(&b, 2 * size + 4);
	if (base64_decode(in, &a) == 0) {
		base64_encode(buf_slice(&a), &b);
		if (!slice_eq(buf_slice(&b), in))
			abort();
	}
	buf_clear(&a);
	buf_clear(&b);
	base64_encode(in, &a);
	if (a.n != BASE64_TEXT(size) || base64_decode(buf_slice(&a), &b) < 0 ||
	    !slice_eq(buf_slice(&b), in))
		abort();
	buf_free(&a);
	buf_free(&b);
	return 0;
}

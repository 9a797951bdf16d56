/*
 * http_range.c - any bytes as a Range field.
 *
 * Properties: every span lies inside the representation, no two overlap or
 * touch, and asking for the spans by name gives the same spans again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/buf.h"
#include "grammar/http_range.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
again(const struct http_span *span, int n, uint64_t size)
{
	struct http_span second[HTTP_MAX_RANGES];
	struct buf b;

	buf_init(&b, 1 << 16);
	buf_addz(&b, "bytes=");
	for (int i = 0; i < n; i++)
		buf_addf(&b, "%s%ju-%ju", i > 0 ? "," : "",
		    (uintmax_t)span[i].first,
		    (uintmax_t)(span[i].first + span[i].length - 1));
	must(http_ranges(buf_slice(&b), size, second) == n);
	must(memcmp(span, second, (size_t)n * sizeof(*span)) == 0);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	struct http_span span[HTTP_MAX_RANGES];
	uint64_t size;
	int n;

	if (length < sizeof(size))
		return 0;
	memcpy(&size, data, sizeof(size));
	n = http_ranges((struct slice){ (const char *)data + sizeof(size),
			    length - sizeof(size) },
	    size, span);
	must(n <= HTTP_MAX_RANGES);
	for (int i = 0; i < n; i++) {
		must(span[i].length > 0 && span[i].first < size);
		must(span[i].length <= size - span[i].first);
		for (int k = 0; k < i; k++)
			must(span[i].first + span[i].length < span[k].first ||
			    span[k].first + span[k].length < span[i].first);
	}
	if (n > 0)
		again(span, n, size);
	return 0;
}

/*
 * http_chunked.c - any bytes as a chunked body.
 *
 * Properties: the same data, end and fault however the bytes are split; what
 * is decoded, coded again, decodes to the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "bytes/buf.h"
#include "grammar/http_chunked.h"

struct outcome {
	int status; /* 1 done, 0 more, negative a fault */
	size_t eaten;
	struct buf data;
};

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
decode(struct slice all, size_t step, struct outcome *o)
{
	struct http_chunked c = { 0 };

	*o = (struct outcome){ 0 };
	buf_init(&o->data, 1 << 20);
	while (all.n > 0 && !c.done) {
		struct slice part = { all.p, all.n < step ? all.n : step };
		struct slice data;
		ssize_t n = http_chunked_eat(&c, part, &data);

		if (n < 0) {
			o->status = (int)n;
			return;
		}
		must(n > 0 && (size_t)n <= part.n && data.n <= (size_t)n);
		must(data.n == 0 ||
		    (data.p >= part.p && data.p + data.n <= part.p + part.n));
		buf_adds(&o->data, data);
		o->eaten += (size_t)n;
		all = slice_from(all, (size_t)n);
	}
	must(c.total == o->data.n);
	o->status = c.done;
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, split;
	struct buf again;
	struct slice all;

	if (size < 1)
		return 0;
	all = (struct slice){ (const char *)data + 1, size - 1 };
	decode(all, all.n + 1, &whole);
	decode(all, 1 + data[0] % 8, &split);
	must(whole.status == split.status);
	if (whole.status >= 0) {
		must(whole.eaten == split.eaten);
		must(slice_eq(buf_slice(&whole.data), buf_slice(&split.data)));
	}
	buf_free(&split.data);
	if (whole.status == 1) {
		buf_init(&again, 1 << 20);
		if (whole.data.n > 0)
			buf_addf(&again, "%zx\r\n", whole.data.n);
		buf_adds(&again, buf_slice(&whole.data));
		buf_addz(
		    &again, whole.data.n > 0 ? "\r\n0\r\n\r\n" : "0\r\n\r\n");
		decode(buf_slice(&again), again.n, &split);
		must(split.status == 1 && split.eaten == again.n);
		must(slice_eq(buf_slice(&whole.data), buf_slice(&split.data)));
		buf_free(&split.data);
		buf_free(&again);
	}
	buf_free(&whole.data);
	return 0;
}

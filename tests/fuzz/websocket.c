/*
 * websocket.c - any bytes as what a client sends over a WebSocket.
 *
 * Properties: a frame lies within the bytes; cut anywhere it asks for more or
 * is refused for the same reason; a payload that is masked again is what came;
 * messages stay bounded; a payload sent back by us is framed in its length.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzzrig/must.h"
#include "grammar/websocket.h"

#define INPUT_MAX 200000

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What it says of less than the whole. */
static void
cut(struct websocket w, const uint8_t *data, size_t n, long whole)
{
	struct websocket_frame f;
	char *part = malloc(n + (n == 0));
	long status;

	memcpy(part, data, n);
	status = websocket_take(&w, part, n, &f);
	must(status == 0 || (whole < 0 && status == whole));
	/* Only what is there is unmasked, and before that judged no text. */
	must(status == -WEBSOCKET_NO_TEXT || memcmp(part, data, n) == 0);
	free(part);
}

static void
check_frame(const struct websocket *w, const struct websocket_frame *f,
    const char *p, long n, const uint8_t *data)
{
	const uint8_t *mask = data + (f->payload.p - p) - 4;
	struct buf b;

	must(f->payload.p + f->payload.n == p + n);
	must(w->size <= WEBSOCKET_MAX);
	must(f->opcode < WEBSOCKET_CLOSE || (f->last && f->payload.n <= 125));
	for (size_t i = 0; i < f->payload.n; i++)
		must((uint8_t)(f->payload.p[i] ^ mask[i % 4]) ==
		    data[f->payload.p - p + (ptrdiff_t)i]);
	if (f->opcode == WEBSOCKET_CLOSE)
		must(websocket_close_why(f->payload) >= 1000);
	buf_init(&b, WEBSOCKET_MAX + WEBSOCKET_HEAD_MAX);
	websocket_put(&b, WEBSOCKET_BINARY, f->payload);
	must(!b.failed && b.n - f->payload.n <= WEBSOCKET_HEAD_MAX - 4);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct websocket w = { 0 };
	struct websocket_frame f;
	size_t at = 0;
	long n = 1;

	if (size > INPUT_MAX)
		return 0;
	while (at < size && n > 0) {
		struct websocket before = w;
		char *p = malloc(size - at);

		memcpy(p, data + at, size - at);
		n = websocket_take(&w, p, size - at, &f);
		must((size_t)(n > 0 ? n : 0) <= size - at);
		if (n > 0) {
			check_frame(&w, &f, p, n, data + at);
			cut(before, data + at, (size_t)n - 1, n);
			cut(before, data + at, (size_t)n / 2, n);
			at += (size_t)n;
		} else {
			cut(before, data + at, (size - at) / 2, n);
		}
		free(p);
	}
	return 0;
}

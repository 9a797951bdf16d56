/*
 * smtp_reply.c - fuzz what a server answers.
 *
 * Properties: given more bytes the parser never changes its mind (fed byte by
 * byte it says the same as at once); a reply lies inside its bytes, its lines
 * are as many as it says, and its code is one.
 */
#include <stdint.h>
#include <stdlib.h>

#include "grammar/smtp_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look(const struct smtp_reply *r, int took)
{
	struct slice rest = r->text;

	if (r->text.n != (size_t)took || r->code < 200 || r->code > 599)
		abort();
	for (size_t i = 0; i < r->lines; i++) {
		if (rest.p == NULL || rest.n == 0)
			abort();
		smtp_reply_line(&rest);
	}
	if (rest.n != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct smtp_reply r, s;
	int took = smtp_reply_parse(in, &r), by_bytes = 0;

	for (size_t n = 0; n <= size && by_bytes == 0; n++)
		by_bytes = smtp_reply_parse((struct slice){ in.p, n }, &s);
	if (took != by_bytes || (took > 0 && r.code != s.code))
		abort();
	if (took > 0)
		look(&r, took);
	return 0;
}

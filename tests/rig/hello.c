/*
 * hello.c - see hello.h.
 */
#include "rig/hello.h"

#include <string.h>

/* Numbers of RFC 8446, 4 and 5.1. */
enum { HANDSHAKE = 22, CLIENT_HELLO = 1 };
enum { GROUPS = 10, SIGNATURES = 13, VERSIONS = 43, SHARE = 51 };

#define BYTES(text) ((struct slice){ text, sizeof(text) - 1 })

void
hello_number(struct buf *b, size_t number, size_t size)
{
	while (size-- > 0)
		buf_addc(b, (char)(number >> (8 * size) & 0xff));
}

void
hello_counted(struct buf *b, size_t size, struct slice s)
{
	hello_number(b, s.n, size);
	buf_adds(b, s);
}

static void
extension(struct buf *b, unsigned type, struct slice s)
{
	hello_number(b, type, 2);
	hello_counted(b, 2, s);
}

void
hello_extension(struct buf *b, enum hello_extension type, struct slice s)
{
	extension(b, type, s);
}

/* What is in a hello; the key is one that everybody knows. */
static void
add_body(struct buf *b, struct slice extensions)
{
	char random[32], share[38] = { 0, 36, 0, 29, 0, 32, 9 };
	struct buf all;

	memset(random, 'r', sizeof(random));
	buf_init(&all, HELLO_BUF_MAX);
	extension(&all, VERSIONS, BYTES("\4\3\4\3\3"));
	extension(&all, GROUPS, BYTES("\0\2\0\35"));
	extension(&all, SIGNATURES, BYTES("\0\4\4\3\10\4"));
	extension(&all, SHARE, (struct slice){ share, sizeof(share) });
	buf_adds(&all, extensions);
	hello_number(b, 0x0303, 2);
	buf_add(b, random, sizeof(random));
	hello_counted(b, 1, (struct slice){ random, sizeof(random) });
	hello_counted(b, 2, BYTES("\x13\1\x13\2\x13\3\xc0\x2b\xc0\x2f"));
	hello_counted(b, 1, BYTES("\0"));
	hello_counted(b, 2, buf_slice(&all));
	buf_free(&all);
}

void
hello_add(struct buf *b, struct slice extensions, size_t record)
{
	struct buf body, message;
	struct slice left;

	buf_init(&body, HELLO_BUF_MAX);
	buf_init(&message, HELLO_BUF_MAX);
	add_body(&body, extensions);
	hello_number(&message, CLIENT_HELLO, 1);
	hello_counted(&message, 3, buf_slice(&body));
	for (left = buf_slice(&message); left.n > 0;) {
		size_t n = left.n < record ? left.n : record;

		hello_number(b, HANDSHAKE, 1);
		hello_number(b, 0x0301, 2);
		hello_counted(b, 2, (struct slice){ left.p, n });
		left = slice_from(left, n);
	}
	buf_free(&body);
	buf_free(&message);
}

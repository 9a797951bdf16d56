/*
 * uri_path.c - any bytes as the path of a target.
 *
 * Properties: a decoded path never leaves the root (it begins with "/" and
 * has no empty, "." or ".." segment and no NUL); encoded again, it decodes to
 * itself; a shorter buffer gives the same path or URI_TOO_LONG.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/uri.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
stays_inside(struct slice path)
{
	struct slice rest = slice_from(path, 1), name;

	must(path.n > 0 && path.p[0] == '/');
	must(slice_find(path, '\0') == NULL);
	while (rest.p != NULL) {
		name = slice_cut(&rest, '/');
		must(name.n > 0 || rest.p == NULL);
		must(!slice_is(name, ".") && !slice_is(name, ".."));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	size_t room = size + 2;
	char *to = malloc(room), *twice = malloc(room);
	struct buf b;
	ssize_t n, again;

	if (size > 0 && data[0] == '/') {
		n = uri_path(in, to, room);
		must(n != URI_TOO_LONG);
		if (n >= 0) {
			must(to[n] == '\0');
			stays_inside((struct slice){ to, (size_t)n });
			buf_init(&b, 1 << 22);
			uri_encode_path(&b, (struct slice){ to, (size_t)n });
			again = uri_path(buf_slice(&b), twice, room);
			must(again == n && memcmp(to, twice, (size_t)n) == 0);
			buf_free(&b);
			again = uri_path(in, twice, (size_t)n / 2 + 2);
			must(again == n || again == URI_TOO_LONG);
		}
	}
	free(to);
	free(twice);
	return 0;
}

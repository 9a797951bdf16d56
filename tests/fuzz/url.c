/*
 * url.c - any bytes as a URL and as a Location.
 *
 * Properties: the target of a URL is one that our own server takes; a
 * reference that is resolved and parses is an absolute URL that resolves to
 * itself.
 */
#include <stdint.h>
#include <stdlib.h>

#include "grammar/url.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
target_is_sendable(const struct url *u)
{
	struct uri parsed;
	struct buf b;

	buf_init(&b, 1 << 22);
	url_target(&b, u);
	must(uri_parse(buf_slice(&b), &parsed) == 0);
	must(parsed.form == URI_ORIGIN);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size }, rest = text;
	struct slice first = slice_cut(&rest, '\n');
	struct url base, next;
	struct buf once, twice;

	if (url_parse(first, &base) != 0)
		return 0;
	target_is_sendable(&base);
	buf_init(&once, 1 << 22);
	buf_init(&twice, 1 << 22);
	if (url_resolve(&once, &base, rest) == 0 &&
	    url_parse(buf_slice(&once), &next) == 0) {
		target_is_sendable(&next);
		must(url_resolve(&twice, &next, buf_slice(&once)) == 0);
		must(slice_eq(buf_slice(&once), buf_slice(&twice)));
	}
	buf_free(&once);
	buf_free(&twice);
	return 0;
}

/*
 * proxy_protocol.c - any bytes as the header of a proxy.
 *
 * Properties: it ends within the bytes; of less than the whole more is asked
 * for, or it is refused for the same reason; what follows changes nothing; all
 * that it says lies within it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzzrig/must.h"
#include "grammar/proxy_protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static long
ask(const uint8_t *data, size_t n, struct proxy_header *h)
{
	char *part = malloc(n + (n == 0));
	long said;

	memcpy(part, data, n);
	said = proxy_header((struct slice){ part, n }, h);
	free(part);
	return said;
}

static void
within(struct slice s, struct slice all)
{
	must(s.n == 0 || (s.p >= all.p && s.p + s.n <= all.p + all.n));
}

static void
check(struct slice all, const struct proxy_header *h)
{
	within(h->authority, all);
	within(h->alpn, all);
	within(h->unique_id, all);
	within(h->tls_version, all);
	within(h->tls_cipher, all);
	within(h->common_name, all);
	must(h->version == 1 || h->version == 2);
	must(h->from_port <= 65535 && h->to_port <= 65535);
	must(!h->local || h->family == PROXY_UNKNOWN);
	must(all.n <= (h->version == 1 ? PROXY_V1_MAX : PROXY_HEADER_MAX));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = malloc(size + (size == 0));
	struct proxy_header h, other;
	long said;

	memcpy(p, data, size);
	said = proxy_header((struct slice){ p, size }, &h);
	must(said <= (long)size);
	if (said > 0) {
		check((struct slice){ p, (size_t)said }, &h);
		must(ask(data, (size_t)said, &other) == said);
		must(ask(data, (size_t)said - 1, &other) == 0);
		must(ask(data, (size_t)said / 2, &other) == 0);
	} else if (size > 0) {
		long less = ask(data, size / 2, &other);

		must(less == 0 || less == said);
	}
	must(said >= 0 || proxy_why(said)[0] != '\0');
	free(p);
	return 0;
}

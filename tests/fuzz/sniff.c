/*
 * sniff.c - any bytes as the beginning of a file.
 *
 * Properties: there is an answer for all that is text; markup and JSON are said
 * of text alone; and the answer is a media type.
 */
#include <stdint.h>
#include <string.h>

#include "fuzzrig/must.h"
#include "grammar/http_fields.h"
#include "grammar/sniff.h"
#include "grammar/text_kind.h"

#define INPUT_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = { (const char *)data, size }, sub, major;
	const char *type;
	bool plain;

	if (size > INPUT_MAX)
		return 0;
	for (int cut = 0; cut < 2; cut++) {
		type = sniff(s, cut != 0);
		plain = text_is_plain(s);
		must(type != NULL || !plain);
		if (type == NULL)
			continue;
		sub = slice_of(type);
		major = slice_cut(&sub, '/');
		must(http_is_token(major) && http_is_token(sub));
		if (slice_is(major, "text"))
			must(plain || slice_starts(s, "\xff\xfe") ||
			    slice_starts(s, "\xfe\xff"));
		if (strcmp(type, "image/svg+xml") == 0)
			must(memchr(s.p, '<', s.n) != NULL);
		if (strcmp(type, "application/json") == 0)
			must(text_is_json(s, cut != 0));
	}
	return 0;
}

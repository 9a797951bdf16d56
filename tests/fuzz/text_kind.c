/*
 * text_kind.c - any bytes as the beginning of a file.
 *
 * Properties: what is JSON or UTF-8 as a whole may be the beginning of that at
 * each length; what cannot be a beginning cannot be one with more bytes; what is
 * said to be UTF-8 is.
 */
#include <stdint.h>
#include <string.h>

#include "fuzzrig/must.h"
#include "grammar/mail_address.h"
#include "grammar/text_kind.h"

#define INPUT_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = { (const char *)data, size };
	bool json, utf8;
	const char *charset;

	if (size > INPUT_MAX)
		return 0;
	json = text_is_json(s, true);
	utf8 = text_is_utf8(s, true);
	must(json || !text_is_json(s, false));
	must(utf8 || !text_is_utf8(s, false));
	must(text_is_utf8(s, false) == mail_is_utf8(s));
	charset = text_charset(s, false);
	must(charset == NULL || strcmp(charset, "utf-8") != 0 ||
	    mail_is_utf8(s));
	text_is_plain(s);
	for (; s.n > 0; s.n--) {
		must(!utf8 || text_is_utf8(s, true));
		/* One that is only blank so far is not yet an object. */
		must(!json || text_is_json(s, true) ||
		    (memchr(s.p, '{', s.n) == NULL &&
			memchr(s.p, '[', s.n) == NULL));
	}
	return 0;
}

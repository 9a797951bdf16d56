/*
 * http_date.c - any bytes as a date, and any time as text.
 *
 * Properties: what we print we read back; what is read and printed again reads
 * as the same time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/date.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
round_trip(int64_t when)
{
	char text[DATE_MAX_TEXT];
	size_t n = date_http(when, text);
	int64_t back;

	must(n == strlen(text));
	must(date_parse_http((struct slice){ text, n }, 0, &back) == 0);
	must(back == when);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t when, now = 0;

	if (size >= sizeof(now))
		memcpy(&now, data, sizeof(now));
	if (now >= -62167219200LL && now <= 253402300799LL)
		round_trip(now);
	if (date_parse_http((struct slice){ (const char *)data, size },
		784111777, &when) == 0 &&
	    when <= 253402300799LL)
		round_trip(when);
	return 0;
}

/*
 * relay.c - any bytes as what a child asks the relay to send.
 *
 * The input is the options (may mail go anywhere?), how many recipients there
 * are said to be, the sender, and all recipients.  Properties: what is not
 * refused has as many recipients as it says, each ended within the question;
 * each address is one and nothing else, so that no option, no second command
 * and no other recipient hides in it; none is outside of what the options
 * allow.
 */
#include <stdint.h>
#include <string.h>

#include "bytes/ascii.h"
#include "bytes/slice.h"
#include "fuzzrig/must.h"
#include "relay/relay.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define HEAD   4
#define DOMAIN "@example.com"

/* As it is put into a command of SMTP, between "<" and ">". */
static void
check(const char *address)
{
	const char *at = strrchr(address, '@');

	must(at != NULL && at != address && at[1] != '\0');
	for (const char *p = address; *p != '\0'; p++)
		must(!ascii_is(*p, ASCII_CTL) && *p != ' ' && *p != '<' &&
		    *p != '>' && *p != ',');
}

static bool
ends_so(struct slice s)
{
	size_t n = strlen(DOMAIN);

	return s.n >= n && slice_iis(slice_from(s, s.n - n), DOMAIN);
}

static void
check_sent(const struct relay_ask *ask, bool anywhere)
{
	const char *p = ask->to, *end = ask->to + sizeof(ask->to);

	must(ask->count > 0 && ask->count <= RELAY_TO_MOST);
	must(memchr(ask->from, '\0', sizeof(ask->from)) != NULL);
	if (ask->from[0] != '\0')
		check(ask->from);
	for (uint32_t i = 0; i < ask->count; i++) {
		size_t n = strnlen(p, (size_t)(end - p));

		must(p + n < end);
		check(p);
		must(anywhere || ends_so((struct slice){ p, n }));
		p += n + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct relay_ask ask;
	const uint8_t *end;
	size_t n;
	bool anywhere;

	if (size < HEAD)
		return 0;
	/* Memory that nobody has cleared: a NUL is there if it was said. */
	memset(&ask, 'x', sizeof(ask));
	anywhere = (data[0] & 1) != 0;
	ask.count = data[0] & 2 ? data[1] : (uint32_t)data[1] << data[2] % 25;
	relay_options.to.item[0] = "*" DOMAIN;
	relay_options.to.n = anywhere ? 0 : 1;
	data += HEAD;
	size -= HEAD;
	end = memchr(data, '\0', size);
	n = end == NULL ? size : (size_t)(end + 1 - data);
	memcpy(ask.from, data, n < sizeof(ask.from) ? n : sizeof(ask.from));
	data += n;
	size -= n;
	memcpy(ask.to, data, size < sizeof(ask.to) ? size : sizeof(ask.to));
	if (job_refuses(&ask) == NULL)
		check_sent(&ask, anywhere);
	return 0;
}

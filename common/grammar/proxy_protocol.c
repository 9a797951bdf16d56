/*
 * proxy_protocol.c - the header of a proxy, version 1 and what both have in
 * common.  "The PROXY protocol, Versions 1 & 2", HAProxy, 2020.
 */
#include "grammar/proxy_protocol.h"

#include <string.h>

#include "bytes/num.h"
#include "grammar/ip.h"
#include "grammar/proxy_v2.h"

#define V1 "PROXY "

/* 1*5DIGIT without leading zeros. */
static bool
port(struct slice s, unsigned *to)
{
	uint64_t n;

	if ((s.n > 1 && s.p[0] == '0') || num_within(s, 0, 65535, &n) != NUM_OK)
		return false;
	*to = (unsigned)n;
	return true;
}

/* Behind "PROXY ", without CR LF. */
static bool
take_line(struct slice line, struct proxy_header *h)
{
	struct slice family = slice_cut(&line, ' ');
	struct slice from, to, from_port, to_port;

	/* Whatever stands behind it. */
	if (slice_is(family, "UNKNOWN"))
		return true;
	from = slice_cut(&line, ' ');
	to = slice_cut(&line, ' ');
	from_port = slice_cut(&line, ' ');
	to_port = slice_cut(&line, ' ');
	if (line.p != NULL || !port(from_port, &h->from_port) ||
	    !port(to_port, &h->to_port))
		return false;
	if (slice_is(family, "TCP4")) {
		h->family = PROXY_V4;
		return ip_v4(from, h->from) && ip_v4(to, h->to);
	}
	h->family = PROXY_V6;
	return slice_is(family, "TCP6") && ip_v6(from, h->from) &&
	    ip_v6(to, h->to);
}

static long
version_1(struct slice in, struct proxy_header *h)
{
	struct slice head = { in.p, in.n < PROXY_V1_MAX ? in.n : PROXY_V1_MAX };
	const char *lf = slice_find(head, '\n');
	struct slice line;

	if (lf == NULL)
		return in.n < PROXY_V1_MAX ? 0 : PROXY_LONG;
	line = slice_between(in.p + sizeof(V1) - 1, lf);
	if (!slice_ends(line, "\r"))
		return PROXY_BAD;
	line.n--;
	h->version = 1;
	if (slice_find(line, '\r') != NULL || !take_line(line, h))
		return PROXY_BAD;
	return lf + 1 - in.p;
}

/* Does it begin with that, as far as there are bytes? */
static bool
begins(struct slice in, const char *with, size_t n)
{
	return memcmp(in.p, with, in.n < n ? in.n : n) == 0;
}

long
proxy_header(struct slice in, struct proxy_header *h)
{
	*h = (struct proxy_header){ 0 };
	if (in.n == 0)
		return 0;
	if (begins(in, V1, sizeof(V1) - 1))
		return in.n < sizeof(V1) - 1 ? 0 : version_1(in, h);
	if (!begins(in, PROXY_V2, sizeof(PROXY_V2) - 1))
		return PROXY_NONE;
	return in.n < PROXY_V2_FIXED ? 0 : proxy_v2(in, h);
}

const char *
proxy_why(long status)
{
	switch (status) {
	case PROXY_NONE:
		return "it does not begin with a PROXY header";
	case PROXY_LONG:
		return "its PROXY header is longer than it may be";
	case PROXY_CHECKSUM:
		return "its PROXY header has another checksum than it says";
	default:
		return "its PROXY header breaks the rules";
	}
}

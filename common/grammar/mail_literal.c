/*
 * mail_literal.c - address literals: [192.0.2.1] and [IPv6:2001:db8::1].
 */
#include "grammar/mail_address.h"

#include "bytes/ascii.h"
#include "bytes/num.h"

static bool
is_ipv4(struct slice s)
{
	uint64_t octet;
	int count = 0;

	do {
		struct slice part = slice_cut(&s, '.');

		if (part.n > 3 || num_within(part, 0, 255, &octet) != NUM_OK)
			return false;
		count++;
	} while (s.p != NULL);
	return count == 4;
}

/* One to four hexadecimal digits. */
static size_t
group(struct slice s)
{
	size_t n = 0;

	while (n < s.n && n < 4 && ascii_is(s.p[n], ASCII_HEX))
		n++;
	return n;
}

/* Eight groups, or fewer with one "::"; the last two may be IPv4. */
static bool
is_ipv6(struct slice s)
{
	bool gap = slice_starts(s, "::");
	int count = 0;

	for (s = slice_from(s, gap ? 2 : 0); s.n > 0;) {
		size_t n = group(s);

		if (slice_find(s, ':') == NULL && slice_find(s, '.') != NULL) {
			count += 2;
			if (!is_ipv4(s))
				return false;
			break;
		}
		count++;
		if (n == 0 || n == s.n) {
			if (n == 0)
				return false;
			break;
		}
		if (s.p[n] != ':' || s.n == n + 1)
			return false;
		s = slice_from(s, n + 1);
		if (s.p[0] != ':')
			continue;
		if (gap)
			return false;
		gap = true;
		s = slice_from(s, 1);
	}
	return gap ? count < 8 : count == 8;
}

int
mail_literal(struct slice s)
{
	bool is;

	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return MAIL_LITERAL;
	s = slice_between(s.p + 1, s.p + s.n - 1);
	if (s.n > 5 && slice_iis((struct slice){ s.p, 5 }, "IPv6:"))
		is = is_ipv6(slice_from(s, 5));
	else
		is = is_ipv4(s);
	return is ? 0 : MAIL_LITERAL;
}

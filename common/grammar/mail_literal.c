/*
 * mail_literal.c - address literals: [192.0.2.1] and [IPv6:2001:db8::1].
 */
#include "grammar/mail_address.h"

#include "bytes/num.h"
#include "grammar/ip.h"

/* Leading zeros are taken as people mean them. */
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

int
mail_literal(struct slice s)
{
	uint8_t bytes[IP_V6_SIZE];
	bool is;

	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return MAIL_LITERAL;
	s = slice_between(s.p + 1, s.p + s.n - 1);
	if (s.n > 5 && slice_iis((struct slice){ s.p, 5 }, "IPv6:"))
		is = ip_v6(slice_from(s, 5), bytes);
	else
		is = is_ipv4(s);
	return is ? 0 : MAIL_LITERAL;
}

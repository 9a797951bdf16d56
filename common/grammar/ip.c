/*
 * ip.c - IP addresses as they are written.
 */
#include "grammar/ip.h"

#include <string.h>

#include "bytes/ascii.h"
#include "bytes/num.h"

#define GROUP 2 /* bytes of a group of four hexadecimal digits */

bool
ip_v4(struct slice s, uint8_t to[IP_V4_SIZE])
{
	uint64_t octet;
	size_t n = 0;

	do {
		struct slice part = slice_cut(&s, '.');

		if (n == IP_V4_SIZE || part.n > 3 ||
		    (part.n > 1 && part.p[0] == '0') ||
		    num_within(part, 0, 255, &octet) != NUM_OK)
			return false;
		to[n++] = (uint8_t)octet;
	} while (s.p != NULL);
	return n == IP_V4_SIZE;
}

/* Up to four hexadecimal digits at the beginning: how many, and their value. */
static size_t
group(struct slice s, uint64_t *value)
{
	size_t n = 0;

	while (n < s.n && n < 4 && ascii_is(s.p[n], ASCII_HEX))
		n++;
	if (n > 0)
		num_hex((struct slice){ s.p, n }, value);
	return n;
}

/*
 * Groups with colons between them, at most max bytes, of which the last four
 * may be IPv4.  Returns how many bytes, or -1.
 */
static int
groups(struct slice s, uint8_t *to, size_t max)
{
	uint64_t value;
	size_t n = 0;

	if (s.n == 0)
		return 0;
	do {
		struct slice part = slice_cut(&s, ':');

		if (s.p == NULL && slice_find(part, '.') != NULL) {
			if (max - n < IP_V4_SIZE || !ip_v4(part, to + n))
				return -1;
			return (int)n + IP_V4_SIZE;
		}
		if (max - n < GROUP || part.n == 0 ||
		    group(part, &value) != part.n)
			return -1;
		to[n++] = (uint8_t)(value >> 8);
		to[n++] = (uint8_t)value;
	} while (s.p != NULL);
	return (int)n;
}

/* Where "::" stands, or NULL. */
static const char *
find_gap(struct slice s)
{
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] == ':' && s.p[i - 1] == ':')
			return s.p + i - 1;
	return NULL;
}

bool
ip_v6(struct slice s, uint8_t to[IP_V6_SIZE])
{
	const char *gap = find_gap(s);
	uint8_t behind[IP_V6_SIZE];
	struct slice left;
	int before, after;

	if (gap == NULL)
		return groups(s, to, IP_V6_SIZE) == IP_V6_SIZE;
	left = slice_between(s.p, gap);
	/* The gap stands for one group at least; IPv4 stands only at the end. */
	if (slice_find(left, '.') != NULL)
		return false;
	before = groups(left, to, IP_V6_SIZE - GROUP);
	if (before < 0)
		return false;
	after = groups(slice_from(s, left.n + 2), behind,
	    (size_t)(IP_V6_SIZE - GROUP - before));
	if (after < 0)
		return false;
	memset(to + before, 0, (size_t)(IP_V6_SIZE - before));
	memcpy(to + IP_V6_SIZE - after, behind, (size_t)after);
	return true;
}

/*
 * idn.c - domains of any script in the letters of the DNS: A-labels (RFC
 * 5890), by libidn2, for servers that do not know SMTPUTF8.
 */
#include "smtp.h"

#include <idn2.h>
#include <string.h>

static bool
is_ascii(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] > 127)
			return false;
	return true;
}

bool
idn_address(const char *address, struct buf *out)
{
	const char *at = strrchr(address, '@');
	size_t local = at == NULL ? strlen(address) : (size_t)(at - address);
	char *domain = NULL;

	buf_clear(out);
	if (!is_ascii(address, local))
		return false;
	buf_addz(out, address);
	if (at == NULL || is_ascii(at, strlen(at)))
		return true;
	/* As browsers do it: UTS 46, not transitional. */
	if (idn2_to_ascii_8z(at + 1, &domain, IDN2_NONTRANSITIONAL) != IDN2_OK)
		return false;
	buf_clear(out);
	buf_add(out, address, local + 1);
	buf_addz(out, domain);
	idn2_free(domain);
	return true;
}

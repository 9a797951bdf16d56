/*
 * idn.c - addresses of any script, as the server at hand can take them: as
 * they are with SMTPUTF8, without it with the domain in A-labels (RFC 5890),
 * by libidn2, and a local part that is not ASCII not at all.
 */
#include "smtp.h"

#include <idn2.h>
#include <string.h>

#include "grammar/mail_address.h"
#include "grammar/mail_list.h"

static bool
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s > 127)
			return false;
	return true;
}

/* The address with its domain in A-labels, if that makes it ASCII. */
static const char *
in_ascii(const char *address)
{
	static struct buf ascii;
	const char *at = strrchr(address, '@');
	char *domain = NULL;

	if (at == NULL)
		return NULL;
	/* As browsers do it: UTS 46, not transitional. */
	if (idn2_to_ascii_8z(at + 1, &domain, IDN2_NONTRANSITIONAL) != IDN2_OK)
		return NULL;
	buf_free(&ascii);
	buf_init(&ascii, MAIL_LIST_MAX + MAIL_DOMAIN_MAX);
	buf_add(&ascii, address, (size_t)(at - address) + 1);
	buf_addz(&ascii, domain);
	idn2_free(domain);
	return is_ascii(buf_str(&ascii)) ? buf_str(&ascii) : NULL;
}

const char *
idn_spelled(const struct dialogue *l, const char *address)
{
	if (is_ascii(address) || (l->offers & OFFER_SMTPUTF8) != 0)
		return address;
	return in_ascii(address);
}

bool
idn_is_needed(const struct dialogue *l)
{
	bool ascii = is_ascii(l->o->from);

	for (size_t i = 0; i < l->o->to_count; i++)
		ascii = ascii && is_ascii(l->o->to[i]);
	return !ascii && (l->offers & OFFER_SMTPUTF8) != 0;
}

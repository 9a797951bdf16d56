/*
 * idn.c - addresses of any script, as the server at hand can take them: as
 * they are with SMTPUTF8, without it with the domain in A-labels (RFC 5890),
 * by libidn2, and a local part that is not ASCII not at all.
 */
#include "smtp.h"
#include "dialogue.h"
#include "idn.h"

#include <idn2.h>
#include <string.h>
#include <strings.h>

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

/* A domain in A-labels, to be freed, or NULL. */
static char *
a_labels(const char *domain)
{
	char *ascii = NULL;

	/* As browsers do it: UTS 46, not transitional. */
	return idn2_to_ascii_8z(domain, &ascii, IDN2_NONTRANSITIONAL) ==
		IDN2_OK ?
	    ascii :
	    NULL;
}

bool
idn_same_domain(const char *a, const char *b)
{
	char *x, *y;
	bool same;

	if (is_ascii(a) && is_ascii(b))
		return strcasecmp(a, b) == 0;
	x = a_labels(a);
	y = a_labels(b);
	same = x != NULL && y != NULL && strcasecmp(x, y) == 0;
	idn2_free(x);
	idn2_free(y);
	return same;
}

/* The address with its domain in A-labels, if that makes it ASCII. */
static const char *
in_ascii(const char *address)
{
	static struct buf ascii;
	const char *at = strrchr(address, '@');
	char *domain = at == NULL ? NULL : a_labels(at + 1);

	if (domain == NULL)
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

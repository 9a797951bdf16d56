/*
 * starttls.c - STARTTLS (RFC 3207).
 *
 * Somebody in between can put words behind the server's 220, in clear; they
 * must not be taken for the server's (CVE-2021-38371).  He can also take
 * STARTTLS out of what the server offers: that is why --starttls does not go
 * on without it, and --starttls=may is no protection from him.
 */
#include "smtp.h"
#include "dialogue.h"

#include "system/log.h"

static int
fault(struct dialogue *l, int code, const char *why)
{
	log_error("%s:%s: %s", l->o->host, l->o->port, why);
	l->fault = code;
	return code;
}

int
secure_starttls(struct dialogue *l, bool *began)
{
	const struct options *o = l->o;
	bool may = o->starttls != NULL && o->starttls[0] != '\0';

	*began = false;
	if (o->starttls == NULL || l->c.secure || l->fault != 0)
		return l->fault;
	if ((l->offers & OFFER_STARTTLS) == 0)
		return may ?
		    0 :
		    fault(l, EXIT_NO_CONNECTION, "it does not offer STARTTLS");
	if (dialogue_ask(l, WAIT_COMMAND, "STARTTLS") / 100 != 2) {
		if (may && l->fault == 0)
			return 0;
		return l->fault != 0 ?
		    l->fault :
		    fault(l, EXIT_NO_CONNECTION, "it refuses STARTTLS");
	}
	if (l->c.in.n > 0 || conn_has_more(&l->c))
		return fault(l, EXIT_PROTOCOL,
		    "more was said behind the answer to STARTTLS");
	*began = true;
	return secure_begin(l);
}

/*
 * secure.c - a connection becomes secure: the handshake, and is it the server
 * that was meant?
 */
#include "smtp.h"
#include "dialogue.h"

#include <stdio.h>
#include <string.h>

#include "conn/secure.h"
#include "system/log.h"

static void
tell(const struct dialogue *l)
{
	struct secure_facts f;
	char line[512];

	secure_tell(&l->c, &f);
	snprintf(line, sizeof(line), "%s, %s; certificate of %s, %s", f.version,
	    f.cipher, f.subject,
	    strcmp(f.trust, "ok") == 0 ? "trusted" : f.trust);
	dialogue_show(l, "TLS: ", slice_of(line));
}

static int
fault(struct dialogue *l, int code, const char *why)
{
	log_error("%s:%s: %s", l->o->host, l->o->port, why);
	l->fault = code;
	return code;
}

int
secure_begin(struct dialogue *l)
{
	struct secure_want want = { .name = l->o->host,
		.ca_file = l->o->ca_file,
		/* Who would go on without TLS need not know with whom. */
		.insecure = l->o->insecure ||
		    (l->o->starttls != NULL && l->o->starttls[0] != '\0') };
	char why[SECURE_WHY_MAX] = "";
	int status;

	if (strncmp(want.name, "unix:", 5) == 0)
		want.name = "localhost";
	conn_deadline(&l->c, WAIT_CONNECT);
	status = secure_connect(&l->c, &want, why);
	if (status != SECURE_DONE)
		return fault(l,
		    status == SECURE_TIMEOUT || status == SECURE_GONE ?
			EXIT_LATER :
			EXIT_NO_CONNECTION,
		    why);
	tell(l);
	return 0;
}

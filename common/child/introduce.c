/*
 * introduce.c - a connection that a proxy passes on.
 *
 * The master has let it in without a judgement, for the proxy's address is all
 * that it knew.  It reads no byte of a client's, so the child tells it whose
 * connection this is, once, and it judges by that.
 */
#include "child/introduce.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "child/child.h"
#include "conn/conn.h"
#include "conn/proxied.h"
#include "service/service.h"
#include "system/log.h"

#define REFUSE_MS 2000

/* internal_error, RFC 8446 6 */
const struct slice introduce_alert = SLICE("\x15\x03\x03\0\2\2\x50");

/*
 * A master that is about to become another image does not answer, and has let
 * the client in.
 */
static bool
may_come_in(int control, const struct addr *client)
{
	struct child_client say = { .word = WORD_CLIENT, .client = *client };
	char verdict = VERDICT_COME_IN;
	ssize_t got;

	if (control < 0)
		return true;
	if (send(control, &say, sizeof(say), MSG_NOSIGNAL) != sizeof(say)) {
		log_debug("control socket: %s", strerror(errno));
		return true;
	}
	do {
		got = recv(control, &verdict, 1, 0);
	} while (got < 0 && errno == EINTR);
	return got <= 0 || verdict != VERDICT_REFUSED;
}

static int
conduct_of(int status)
{
	return status == CONN_TIMEOUT ? CONDUCT_SLOW :
	    status <= PROXIED_FAULT   ? CONDUCT_RUDE :
					CONDUCT_GONE;
}

bool
introduce(struct conn *c, int control, const struct service *s, bool secure,
    int *conduct)
{
	char by[ADDR_MAX_TEXT];
	const char *why = NULL;
	int status = proxied_take(c, &why);

	addr_text(&c->peer, by);
	if (status <= 0) {
		/* Who only looks whether the port is open is no news. */
		if (status < 0)
			log_warn("a connection from %s is not served: %s, "
				 "which --proxy-from asks for",
			    by, why);
		*conduct = status == 0 ? CONDUCT_GONE : conduct_of(status);
		return false;
	}
	if (!c->proxied->named || may_come_in(control, &c->peer))
		return true;
	conn_deadline(c, REFUSE_MS);
	conn_say(c, secure ? introduce_alert : s->busy);
	*conduct = CONDUCT_FINE;
	return false;
}

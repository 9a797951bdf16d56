/*
 * server.c - the server as the user writes it: host and port.
 */
#include "smtp.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/num.h"
#include "system/log.h"

/* A number, or the name of a service. */
static bool
is_port(const char *text)
{
	uint64_t number;
	struct slice s = slice_of(text);

	if (s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9')
		return num_within(s, 1, 65535, &number) == NUM_OK;
	return getservbyname(text, "tcp") != NULL;
}

/* HOST, HOST:PORT, [IPV6]:PORT, an IPv6 address alone, unix:PATH. */
void
split_server(struct options *o, const char *text)
{
	char *host = strdup(text), *colon, *bracket;

	if (host == NULL)
		die(EXIT_OSERR, "no memory");
	o->host = o->host_copy = host;
	o->port = o->tls ? "465" : "25";
	if (strncmp(text, "unix:", 5) == 0)
		return;
	bracket = host[0] == '[' ? strchr(host, ']') : NULL;
	if (host[0] == '[' &&
	    (bracket == NULL || (bracket[1] != '\0' && bracket[1] != ':')))
		die(EXIT_USAGE, "%s: not [IPV6] or [IPV6]:PORT", text);
	colon = strchr(bracket == NULL ? host : bracket, ':');
	if (colon != NULL && strchr(colon + 1, ':') == NULL) {
		*colon = '\0';
		o->port = colon + 1;
	}
	if (bracket != NULL) {
		*bracket = '\0';
		o->host = host + 1;
	}
	if (o->host[0] == '\0' || o->port[0] == '\0')
		die(EXIT_USAGE, "%s: not HOST[:PORT]", text);
	if (!is_port(o->port))
		die(EXIT_USAGE,
		    "%s: %s is no port: 1 to 65535, or the name of a service",
		    text, o->port);
}

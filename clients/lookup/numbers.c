/*
 * numbers.c - between the names and the numbers of services and protocols.
 *
 * The answers stand in /etc/services and /etc/protocols.
 */
#include "lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>

#include "bytes/num.h"
#include "system/log.h"
#include "system/narrate.h"

/* The other names of the same thing, and the end of the line. */
static void
print_others(char **alias)
{
	for (; *alias != NULL; alias++)
		printf(" %s", *alias);
	printf("\n");
}

/* "smtp 25/tcp mail": the name, the numbers, and the other names. */
static void
print_service(const struct servent *s)
{
	/* The port stands in network byte order, as connect(2) wants it. */
	printf("%s %u/%s", s->s_name, ntohs((uint16_t)s->s_port), s->s_proto);
	print_others(s->s_aliases);
}

static bool
is_number(const char *name)
{
	uint64_t n;

	return num_decimal(slice_of(name), &n) == NUM_OK;
}

/* What was asked for and what the entry says; found NULL: there is none. */
static void
tell(const char *found, int number, const char *call, const char *name,
    const char *transport)
{
	char what[200], result[200] = "NULL";

	snprintf(what, sizeof(what), is_number(name) ? "%s" : "\"%s\"", name);
	if (found != NULL)
		snprintf(result, sizeof(result), "\"%s\", %d", found, number);
	if (transport != NULL)
		narrate_words(result, "%s(%s, \"%s\")", call, what, transport);
	else
		narrate_words(result, "%s(%s)", call, what);
}

/* Ask for one service over one transport; false if there is none. */
static bool
service_over(const char *name, const char *transport)
{
	struct servent *found;
	uint64_t port;

	if (num_within(slice_of(name), 0, 65535, &port) == NUM_OK)
		found = getservbyport(htons((uint16_t)port), transport);
	else
		found = getservbyname(name, transport);
	tell(found == NULL ? NULL : found->s_name,
	    found == NULL ? 0 : ntohs((uint16_t)found->s_port),
	    is_number(name) ? "getservbyport" : "getservbyname", name,
	    transport);
	if (found != NULL)
		print_service(found);
	return found != NULL;
}

int
lookup_service(const char *name, const char *transport)
{
	static const char *const every[] = { "tcp", "udp", "sctp", "dccp" };
	bool found = false;
	size_t i;

	if (transport != NULL) {
		if (!service_over(name, transport))
			die(EXIT_UNKNOWN, "service %s over %s: not known here",
			    name, transport);
		return 0;
	}
	for (i = 0; i < sizeof(every) / sizeof(every[0]); i++)
		found |= service_over(name, every[i]);
	if (!found)
		die(EXIT_UNKNOWN, "service %s: not known here", name);
	return 0;
}

int
lookup_protocol(const char *name)
{
	struct protoent *found;
	uint64_t number;

	if (num_within(slice_of(name), 0, 255, &number) == NUM_OK)
		found = getprotobynumber((int)number);
	else
		found = getprotobyname(name);
	tell(found == NULL ? NULL : found->p_name,
	    found == NULL ? 0 : found->p_proto,
	    is_number(name) ? "getprotobynumber" : "getprotobyname", name,
	    NULL);
	if (found == NULL)
		die(EXIT_UNKNOWN, "protocol %s: not known here", name);
	printf("%s %d", found->p_name, found->p_proto);
	print_others(found->p_aliases);
	return 0;
}

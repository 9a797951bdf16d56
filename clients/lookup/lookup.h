/*
 * lookup.h - the questions that berth-lookup asks.
 *
 * Each prints what it finds and returns the exit code; a name that is not
 * known is die()'s business.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <stdbool.h>

enum {
	EXIT_UNKNOWN = 68, /* no such host, service or protocol (EX_NOHOST) */
	EXIT_LATER = 75,   /* no name server answered (EX_TEMPFAIL) */
};

/*
 * The name and all addresses of a host, or the name of an address; classic
 * shows what the older functions say beside it.
 */
int lookup_host(const char *name, bool classic);

/*
 * The port of a service or the name of a port, over one transport, or over
 * every one when transport is NULL.
 */
int lookup_service(const char *name, const char *transport);

/*
 * The number of a protocol or the name of a number.
 */
int lookup_protocol(const char *name);

#endif

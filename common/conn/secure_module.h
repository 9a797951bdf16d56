/*
 * secure_module.h - what secure.c and the module it loads (common/tls) say to
 * each other: one table of functions.  Nobody else includes this.
 *
 * The module never waits but for the key keeper: what cannot go on at once is
 * -1 with EAGAIN, and c->awaits says for what, as in struct conn_transport.
 */
#ifndef SECURE_MODULE_H
#define SECURE_MODULE_H

#include "conn/secure.h"

/* What it exports. */
#define SECURE_SYMBOL "berth_tls"

struct secure_module {
	size_t size; /* of this struct: both were built together */
	int (*add)(const char *certificate, char why[SECURE_WHY_MAX]);
	void (*warm)(void (*served)(bool begins));
	void (*prepare)(void);
	const char *words; /* among those that are only read */
	/* The conn gets a session; nothing is sent yet.  Return 0 or -1. */
	int (*serve)(struct conn *, int keeper, struct slice alpn,
	    char why[SECURE_WHY_MAX]);
	int (*connect)(struct conn *, const struct secure_want *,
	    char why[SECURE_WHY_MAX]);
	/* One try to finish the handshake: an enum secure_status, with errno
	 * EAGAIN when it is SECURE_FAILED, but may be tried again. */
	int (*shake)(struct conn *, char why[SECURE_WHY_MAX]);
	/* The conn is plain again; returns what has come, in static memory. */
	struct slice (*undo)(struct conn *);
	void (*tell)(const struct conn *, struct secure_facts *);
};

#endif

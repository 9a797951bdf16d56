/*
 * httpd_start.h - a server, where it listens, and a look for words in what it
 * says.
 */
#ifndef HTTPD_START_H
#define HTTPD_START_H

#include <string.h>

#include "rig/rig.h"

static struct rig *r;
static const char *address;

static inline void
start(const char *const argv[])
{
	r = rig_start(argv);
	address = rig_address(r, "http");
}

static inline bool
has(struct slice s, const char *text)
{
	return s.n > 0 && memmem(s.p, s.n, text, strlen(text)) != NULL;
}

#endif

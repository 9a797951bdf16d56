/*
 * site_ask.h - one question after another, to a site that the test has
 * started.
 */
#ifndef SITE_ASK_H
#define SITE_ASK_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "rig/rig.h"

#define H " HTTP/1.1\r\nHost: localhost\r\n"

static struct rig *server;

/* One request with these fields; the reply's slices are good until the next. */
static inline struct rig_reply *
ask(const char *path, const char *fields)
{
	static struct rig_reply r;
	static bool used;
	char request[1024];

	if (used)
		rig_reply_free(&r);
	used = true;
	snprintf(request, sizeof(request),
	    "GET %s" H "%sConnection: close\r\n\r\n", path, fields);
	cr_expect(
	    rig_ask(rig_address(server, "http"), request, &r), "%s", path);
	return &r;
}

static inline bool
has(struct slice text, const char *word)
{
	return memmem(text.p, text.n, word, strlen(word)) != NULL;
}

#endif

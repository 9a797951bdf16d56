/*
 * clients_http.h - what the tests of berth-http share.
 *
 * The servers are threads of the test (rig/stand_in.h), so each byte that the
 * client gets to see is written in the tests.
 */
#ifndef CLIENTS_HTTP_H
#define CLIENTS_HTTP_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

static unsigned port; /* $P in the lines below */

/* The line prints out (and something with err in it) and ends with code. */
static inline void
expect(const char *line, int code, const char *out, const char *err)
{
	cr_expect(rig_sh(port, line, code, out, err), "%s", line);
}

/* A server that gives these answers, one request after the other. */
static inline struct rig_script *
serve(const char *const *answers, bool once)
{
	struct rig_script *s = calloc(1, sizeof(*s));

	cr_assert_not_null(s);
	s->answers = answers;
	s->once = once;
	port = rig_stand_in(rig_play_http, s);
	return s;
}

#define ANSWERS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define OK_HEAD      "HTTP/1.1 200 OK\r\n"
#define OK(body_length, body) \
	OK_HEAD "Content-Length: " #body_length "\r\n\r\n" body
#define CHUNKED OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"

#endif

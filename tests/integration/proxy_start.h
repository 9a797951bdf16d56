/*
 * proxy_start.h - a site whose /api is an upstream that the test plays.
 */
#ifndef PROXY_START_H
#define PROXY_START_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

#define HEAD_OF(line, fields) \
	line " HTTP/1.1\r\nHost: localhost\r\n" fields "\r\n"
#define GET_API HEAD_OF("GET /api/x", "")

/* A WebSocket is asked for, and agreed on. */
#define UPGRADE                                   \
	HEAD_OF("GET /api/socket",                \
	    "Connection: keep-alive, Upgrade\r\n" \
	    "Upgrade: websocket\r\n"              \
	    "Sec-WebSocket-Version: 13\r\n"       \
	    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
#define AGREED                                          \
	"HTTP/1.1 101 Switching Protocols\r\n"          \
	"Connection: Upgrade\r\nUpgrade: websocket\r\n" \
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

static struct rig *server;
static const char *address;

/* Options beside --proxy; ended by NULL. */
static inline void
proxy_start_with(unsigned port, const char *const *more)
{
	static char proxy[64];
	const char *argv[16] = { "berth-httpd", "-l", "127.0.0.1:0", "--proxy",
		proxy };
	const char *place = rig_place();
	size_t n = 5;

	rig_file(place, "page", "a page\n");
	snprintf(proxy, sizeof(proxy), "/api=http://localhost:%u", port);
	while (more != NULL && *more != NULL)
		argv[n++] = *more++;
	argv[n++] = place;
	argv[n] = NULL;
	server = rig_start(argv);
	address = rig_address(server, "http");
}

static inline void
proxy_start(unsigned port)
{
	proxy_start_with(port, NULL);
}

/* An upstream by a script. */
static inline struct rig_script *
scripted(const char *const *answers)
{
	static struct rig_script s;

	s = (struct rig_script){ .answers = answers, .once = true };
	proxy_start(rig_stand_in(rig_play_http, &s));
	return &s;
}

static inline bool
has(struct slice text, const char *word)
{
	return text.n > 0 && memmem(text.p, text.n, word, strlen(word)) != NULL;
}

/* A port that nobody listens on. */
static inline unsigned
closed_port(void)
{
	unsigned port;

	rig_refusing(&port);
	return port;
}

#endif

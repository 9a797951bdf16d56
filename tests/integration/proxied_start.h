/*
 * proxied_start.h - a proxy of 127.0.0.1 that speaks the PROXY protocol, and a
 * site that believes it.
 */
#ifndef PROXIED_START_H
#define PROXIED_START_H

#include <criterion/criterion.h>
#include <unistd.h>

#include "rig/rig.h"

#define GET "GET /f HTTP/1.1\r\nHost: site.test\r\n\r\n"
#define ONE "PROXY TCP4 192.0.2.1 198.51.100.2 49374 443\r\n"
#define TWO "PROXY TCP4 192.0.2.2 198.51.100.2 49374 443\r\n"
#define SIX "PROXY TCP6 2001:db8::1 2001:db8::2 49374 443\r\n"
#define V2  "\r\n\r\n\0\r\nQUIT\n"
#define V4  "\xc0\0\2\x01\xc6\x33\x64\x02\xc0\xde\x01\xbb"
/* By TLS, of which this was said. */
#define FACTS                             \
	V2 "\x21\x11\0\x31" V4 "\2\0\x09" \
	   "site.test"                    \
	   "\5\0\4id-1"                   \
	   "\x20\0\x0f\1\0\0\0\1\x21\0\7TLSv1.3"
#define LOCAL V2 "\x20\0\0\0"

#define BYTES(s) (s), sizeof(s) - 1

static inline struct rig *
site(const char *const *more)
{
	const char *argv[24] = { "berth-httpd", "-l", "127.0.0.1:0",
		"--proxy-from", "127.0.0.1", "--log-format", "json" };
	const char *dir = rig_place();
	int n = 7;

	rig_file(dir, "f", "content");
	for (; *more != NULL; more++)
		argv[n++] = *more;
	argv[n] = dir;
	return rig_start(argv);
}

static inline int
begin(struct rig *r, const char *name, const void *header, size_t n)
{
	int fd = rig_open(r, name);

	cr_assert(rig_send_bytes(fd, header, n));
	return fd;
}

/* Ask on a connection that has begun so; it stays open. */
static inline int
ask(struct rig *r, const char *header, int *fd)
{
	struct rig_reply reply = { 0 };
	int status;

	*fd = begin(r, "http", header, strlen(header));
	cr_assert(rig_send(*fd, GET));
	cr_assert(rig_reply(*fd, &reply, false));
	status = reply.status;
	rig_reply_free(&reply);
	return status;
}

static inline int
ask_once(struct rig *r, const char *header)
{
	int fd, status = ask(r, header, &fd);

	close(fd);
	return status;
}

#endif

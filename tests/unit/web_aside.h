/*
 * web_aside.h - a program above common/web, in a thread beside the test, and
 * what is said to it.
 *
 * The test's file has the program: answer(), wants_body().
 */
#ifndef WEB_ASIDE_H
#define WEB_ASIDE_H

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/logfile.h"
#include "web/web.h"

static bool wants_body(const struct exchange *);
static int answer(struct exchange *);

static const struct web web = { .answer = answer,
	.wants_body = wants_body,
	.fields = SLICE("X-All: yes\r\n"),
	.idle_ms = 2000 };
static struct service service = {
	.name = "test", .serve = web_serve, .context = &web
};

static inline int
serve(int fd)
{
	struct conn c;
	int conduct;

	conn_init(&c, fd, SOCK_STREAM, NULL, 0);
	conduct = service.serve(&c, &service);
	conn_end(&c);
	return conduct;
}

static inline void *
serve_aside(void *fd)
{
	serve(*(int *)fd);
	return NULL;
}

static inline int
open_aside(pthread_t *thread)
{
	static int ends[2];

	rig_pair(ends);
	cr_assert_eq(pthread_create(thread, NULL, serve_aside, &ends[1]), 0);
	return ends[0];
}

static inline bool
replies(int fd, int status, const char *body)
{
	struct rig_reply r;

	return rig_reply(fd, &r, false) && r.status == status &&
	    (body == NULL || slice_is(r.body, body)) &&
	    slice_is(rig_header(&r, "X-All"), "yes");
}

/* One request, the connection kept or not, and its reply. */
static inline struct rig_reply *
ask(int fd, const char *request, const char *fields)
{
	static struct rig_reply r;
	char head[512];

	snprintf(head, sizeof(head), "%s HTTP/1.1\r\nHost: a\r\n%s\r\n",
	    request, fields);
	cr_assert(rig_send(fd, head));
	cr_assert(
	    rig_reply(fd, &r, strncmp(request, "HEAD", 4) == 0), "%s", request);
	return &r;
}

static inline void
no_log(void)
{
	logfile_open("off");
}

#endif

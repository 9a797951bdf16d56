/*
 * inbox_later.h - asking the inbox what is answered later: a wait, a stream of
 * events.
 */
#ifndef INBOX_LATER_H
#define INBOX_LATER_H

#include "inbox_start.h"

/* Send a request, do not wait for the reply. */
static inline int
begin(const char *path)
{
	int fd = rig_open(inbox, "inbox");
	char request[1024];

	snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
	    path);
	cr_assert(rig_send(fd, request));
	return fd;
}

static inline json_t *
finish(int fd, int status)
{
	struct rig_reply r;
	json_t *j;

	cr_assert(rig_reply(fd, &r, false));
	cr_assert_eq(r.status, status, "%d %.*s", r.status, SLICE_FMT(r.body));
	j = json_loadb(r.body.p, r.body.n, 0, NULL);
	cr_assert_not_null(j);
	close(fd);
	return j;
}

/* Read events until one has come that holds the text. */
static inline bool
hear(int fd, struct buf *b, const char *what)
{
	while (b->n == 0 || memmem(b->p, b->n, what, strlen(what)) == NULL)
		if (!rig_read_through(fd, b, "\n"))
			return false;
	buf_clear(b);
	return true;
}

#endif

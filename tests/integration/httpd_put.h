/*
 * httpd_put.h - a file is put to the server of httpd_start.h.
 */
#ifndef HTTPD_PUT_H
#define HTTPD_PUT_H

#include <criterion/criterion.h>
#include <string.h>

#include "bytes/buf.h"
#include "httpd_start.h"
#include "rig/http.h"

/* Returns the status; lines are whole field lines. */
static inline int
put(const char *path, const char *lines, const char *body)
{
	static struct rig_reply reply;
	struct buf ask;

	buf_init(&ask, 65536);
	buf_addf(&ask,
	    "PUT %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %zu\r\n"
	    "\r\n%s",
	    path, lines, strlen(body), body);
	cr_assert(rig_ask(address, buf_str(&ask), &reply), "%s", path);
	buf_free(&ask);
	return reply.status;
}

#endif

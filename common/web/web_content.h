/*
 * web_content.h - HTTP as a program sees it: something that can be had whole or
 * in part, now or later.
 */
#ifndef WEB_CONTENT_H
#define WEB_CONTENT_H

#include "grammar/http_condition.h"
#include "web/web.h"

/*
 * Something that can be had whole or in part, now or later: answers with 200,
 * 206 (also of several parts), 304, 412 or 416, as the fields of the request
 * have it.  Everything in it must live until the reply is sent, when done(own)
 * is called, if there is one.
 */
struct web_content {
	struct slice lines; /* whole field lines of each reply, of a 304 too:
			     * ETag, Last-Modified, Cache-Control, Vary */
	struct slice more;  /* of all but a 304: Content-Disposition ... */
	const char *type;
	struct http_validators validators; /* what lines say of them */
	struct slice bytes;                /* or, if p is NULL: */
	int file;                          /* not closed; done() may */
	uint64_t length;
	void (*done)(void *own);
	void *own;
};

int web_content(struct exchange *, const struct web_content *);

/*
 * All of it, with this status and whatever the conditions: an error page.
 */
int web_content_as(struct exchange *, int status, const struct web_content *);

/*
 * Does the client have it already, or want it only otherwise?  Then a 304 or
 * 412 has been made.  For what web_content() does not fit.
 */
bool web_is_current(
    struct exchange *, const struct http_validators *, struct slice lines);

#endif

/*
 * send_compose.h - a message made of what POST /api/v1/send is given
 * (Mailpit's keys): MIME by hand.  Pure.
 *
 *	{"From":{"Name","Email"},"To":[...],"Cc":[...],"Bcc":["a@b"],
 *	 "ReplyTo":[...],"Subject","Text","HTML","Tags":[],"Headers":{},
 *	 "Attachments":[{"Content" (base64),"Filename","ContentType",
 *	 "ContentID"}]}
 */
#ifndef SEND_COMPOSE_H
#define SEND_COMPOSE_H

#include <jansson.h>
#include <stdint.h>

#include "bytes/buf.h"

#define SEND_MAX ((size_t)128 << 20) /* bytes of a message */

struct send_mail {
	struct buf from;  /* the address */
	struct buf rcpts; /* all of them, a list of mail_trace.h */
	size_t count;     /* of them */
	struct buf text;  /* the message */
	char why[160];    /* what was wrong */
};

/*
 * Make it; id becomes a part of the Message-ID and of boundaries, now is
 * seconds since 1970.  Returns 0, or -1 with why.  send_free() it in any
 * case.
 */
int send_compose(
    struct send_mail *, const json_t *order, const char *id, int64_t now);
void send_free(struct send_mail *);

#endif

/*
 * serve.h - one conversation: from the greeting to the good-bye.
 */
#ifndef SERVE_H
#define SERVE_H

struct conn;
struct service;

/*
 * Hold one conversation.  Returns a conduct.
 */
int serve_mail(struct conn *, const struct service *);

#endif

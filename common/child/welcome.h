/*
 * welcome.h - a connection that begins with TLS: the handshake, and what is
 * said to whoever does not speak it.
 */
#ifndef WELCOME_H
#define WELCOME_H

#include <stdbool.h>

struct conn;
struct service;

/*
 * Returns whether the conn is secure now; if not all is said, and *conduct
 * says how the client behaved.
 */
bool welcome(struct conn *, const struct service *, int *conduct);

#endif

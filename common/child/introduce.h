/*
 * introduce.h - a connection that a proxy passes on: whose it is, and whether
 * that client may come in.
 */
#ifndef INTRODUCE_H
#define INTRODUCE_H

#include <stdbool.h>

#include "bytes/slice.h"

struct conn;
struct service;

/*
 * Read the proxy's header and ask the master (control; -1: there is none).
 * Returns whether the conversation goes on, as the client's; if not all is
 * said, and *conduct says how the other end behaved.  secure: what follows is
 * TLS.
 */
bool introduce(struct conn *, int control, const struct service *, bool secure,
    int *conduct);

/*
 * What is said to whoever begins with TLS and cannot come in.
 */
extern const struct slice introduce_alert;

#endif

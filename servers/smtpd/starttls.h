/*
 * starttls.h - STARTTLS (RFC 3207).
 */
#ifndef STARTTLS_H
#define STARTTLS_H

#include <stdbool.h>

#include "bytes/slice.h"
#include "grammar/smtp_command.h"

struct session;

/*
 * Can this connection become secure?
 */
bool starttls_is_offered(const struct session *);

/*
 * --require-tls: is this command one that has to wait for it?
 */
bool starttls_must_come_first(const struct session *, const struct smtp_row *);

/*
 * STARTTLS: answer, and the handshake.  After it nothing is known of what was
 * said before; if it fails the conversation is over.
 */
void starttls_command(struct session *, struct slice args);

#endif

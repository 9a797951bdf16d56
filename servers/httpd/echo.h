/*
 * echo.h - an endpoint for people who test their own HTTP client
 * (--echo PATH).
 *
 *	PATH			any method; the body comes back as it went
 *	PATH/headers		what was received, as JSON
 *	PATH/status/NNN		an answer with that status, 200 to 599
 *	PATH/delay/SECONDS	an answer that takes its time, decimals allowed
 */
#ifndef ECHO_H
#define ECHO_H

#include <stdint.h>

#include "web/web.h"

#define ECHO_BODY_MAX  (16 << 20) /* bytes that are given back; else 413 */
#define ECHO_DELAY_MAX 30         /* seconds; else 400 */

/* What it says that it takes; it takes methods that nobody knows, too. */
#define ECHO_METHODS "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

/*
 * Is this request for the endpoint?  Never, without --echo.  And does it take
 * it?  TRACE and CONNECT it does not.
 */
bool echo_is_at(const struct exchange *);
bool echo_wants(const struct exchange *);

/*
 * Answer it, reading its body.
 */
int echo_answer(struct exchange *);

#endif

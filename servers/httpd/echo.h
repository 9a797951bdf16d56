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

/*
 * Is this request for the endpoint?  Never, without --echo.
 */
bool echo_wants(const struct exchange *);

/*
 * Answer it, reading its body.
 */
int echo_answer(struct exchange *);

#endif

/*
 * notify.h - tell systemd how we are (sd_notify(3)), without its library.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

/*
 * Read NOTIFY_SOCKET and WATCHDOG_USEC from the environment.  They stay there
 * for the image that a reload execs; children cannot reach the socket from
 * inside the sandbox.
 */
void notify_init(void);

/*
 * Send a state such as "READY=1".  Without a socket, or when it cannot be
 * sent, nothing happens.
 */
void notify_say(const char *state);

/*
 * How often to say WATCHDOG=1, in milliseconds (half of what systemd asked
 * for), or 0 when it did not ask.
 */
int64_t notify_watchdog_ms(void);

#endif

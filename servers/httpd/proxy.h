/*
 * proxy.h - what others serve, under a path of the site: --proxy.
 *
 * A request is made anew for the upstream, on a connection of its own that the
 * dialler has made (conn/dial.h): this process cannot connect anywhere.  Bodies
 * go by in both directions at once, and never more of them than a buffer is
 * held; a client can stay for its next request.
 */
#ifndef PROXY_H
#define PROXY_H

#include "web/web.h"

#define PROXY_TIMEOUT_MS 60000 /* of silence, unless --proxy-timeout */
#define PROXY_METHODS    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

/*
 * Read the options.  A fault ends the program.  Returns the places to connect
 * to, for struct service; NULL: none.
 */
const struct arg_list *proxy_prepare(void);

/*
 * Is that somebody else's to answer?  And may it be, by its path alone?
 */
bool proxy_wants(const struct exchange *);
bool proxy_is_at(const struct exchange *);

/*
 * Have it answered, reading its body.
 */
int proxy_answer(struct exchange *);

#endif

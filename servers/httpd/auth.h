/*
 * auth.h - who may come in: Basic authentication (RFC 7617).
 */
#ifndef AUTH_H
#define AUTH_H

#include <stdbool.h>

#include "web/web.h"

/*
 * Does the request say who it is from, and is that so?  Then the log knows, too.
 */
bool auth_is_known(struct exchange *);

/*
 * Ask who it is: 401.
 */
int auth_ask(struct exchange *);

#endif

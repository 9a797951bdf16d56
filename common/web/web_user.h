/*
 * web_user.h - HTTP as a program sees it: who asks, by Basic authentication (RFC
 * 7617).
 */
#ifndef WEB_USER_H
#define WEB_USER_H

#include <stdbool.h>

#include "web/web.h"

struct passwords;

/*
 * Does the request say who it is from, and is that one of these users?  Then
 * the log knows, too.  A wrong password costs time, and counts.
 */
bool web_user_is_known(struct exchange *, const struct passwords *users);

/*
 * Ask who it is: 401.
 */
int web_user_ask(struct exchange *);

#endif

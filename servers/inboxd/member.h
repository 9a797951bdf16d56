/*
 * member.h - a member of a JSON object that a client has sent.
 */
#ifndef MEMBER_H
#define MEMBER_H

#include <jansson.h>
#include <stdbool.h>

/*
 * What stands at key, or NULL.  The case of a key does not matter, for those
 * whom clients know (Mailpit, MailHog) read it so: who writes "ids" means some
 * messages, and not all.
 */
json_t *member_get(const json_t *object, const char *key);

/*
 * Are there members, and none of them is this?
 */
bool member_is_amiss(const json_t *object, const char *key);

#endif

/*
 * passwords.h - a file of users: USER:HASH, or USER:{PLAIN}PASSWORD.
 *
 * Each service that lets users in has a value of its own, read before the
 * first fork and never freed.
 */
#ifndef PASSWORDS_H
#define PASSWORDS_H

#include <stdbool.h>

#include "bytes/slice.h"

#define PASSWORDS_MAX (1 << 20) /* bytes of the file */

struct passwords;

/*
 * Read a file and keep it.  For the master, before the first fork.  A fault
 * is die(EXIT_CONFIG) with the file and the line: whatever could let nobody
 * in, such as a hash that crypt(5) does not know, half of one, CR LF, a byte
 * order mark, or no user at all.
 */
struct passwords *passwords_load(const char *path);
void passwords_free(struct passwords *);

/*
 * Is this the password of this user?  Every answer takes the same time, that
 * of one hash of each kind in the file, whether there is such a user or not.
 */
bool passwords_check(
    const struct passwords *, struct slice user, struct slice password);

/*
 * The password of this user, if it stands there in plain; p NULL if not.
 */
struct slice passwords_plain(const struct passwords *, struct slice user);

/*
 * Does any?
 */
bool passwords_have_plain(const struct passwords *);

#endif

/*
 * login.h - AUTH (RFC 4954): PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195).
 */
#ifndef LOGIN_H
#define LOGIN_H

#include <stdbool.h>

#include "bytes/slice.h"

struct session;

/*
 * Who may log in: "off" nobody, "any" everybody, otherwise a file of lines
 * USER:HASH, HASH as crypt(5) has it (or {PLAIN}PASSWORD, without which
 * CRAM-MD5 cannot be offered).  For the master, before the first fork: the
 * file is kept in memory.  A fault is die(EXIT_CONFIG).
 */
void login_load(const char *who);

/*
 * What stands behind AUTH in the answer to EHLO; "" when it is not offered.
 */
const char *login_mechanisms(void);

/*
 * Must one log in before MAIL?
 */
bool login_required(void);

/*
 * Obey AUTH with its argument.  Replies, or ends the session.
 */
void login_command(struct session *, struct slice args);

#endif

/*
 * hello.h - EHLO, HELO and LHLO (RFC 5321 4.1.1.1, RFC 2033 4.1).
 *
 * A catcher takes mail from whoever comes, whatever its machine is called, and
 * notes a name that is none; --strict refuses it.
 */
#ifndef HELLO_H
#define HELLO_H

#include "bytes/slice.h"

struct session;

/*
 * Answer hello from a client that knows extensions, or from an old one: the
 * conversation begins anew.
 */
void hello_ehlo(struct session *, struct slice name);
void hello_helo(struct session *, struct slice name);

#endif

/*
 * host.h - is it us whom a client on this machine asks for?
 *
 * A page of any site can have its own name lead to 127.0.0.1 after it was
 * loaded (DNS rebinding), and is then taken by the browser to be of one origin
 * with a server here.  What it cannot do is to send another Host than its
 * name.  Called by all that speaks HTTP.
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>

#include "bytes/slice.h"

struct addr;
struct arg_list;

/*
 * Does it matter by which name this client asks?  It does over loopback.
 */
bool host_matters(const struct addr *peer);

/*
 * Is this, from the Host field without its port, a name that everybody knows
 * to be a server's on this machine: localhost and what ends in it, an address,
 * this machine's name, or one of those allowed (NAME, *.NAME, or * for any)?
 * None at all is, for no browser leaves it out.
 */
bool host_is_ours(struct slice host, const struct arg_list *allowed);

#endif

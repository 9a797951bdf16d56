/*
 * outward.h - the sandbox of a helper that goes out: it runs programs that
 * connect to one server, and writes nothing.
 *
 * Called by the mains of such helpers, with all open that they write to.
 */
#ifndef OUTWARD_H
#define OUTWARD_H

#include <stdint.h>

/*
 * From now on no file is opened for writing, and TCP goes to one port (and
 * that of name servers) alone; programs that are run have the same rights.
 * Where the kernel knows no Landlock there is only no_new_privs.  Returns 0,
 * or -1 with errno.
 */
int outward_confine(uint16_t port);

#endif

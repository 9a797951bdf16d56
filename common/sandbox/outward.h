/*
 * outward.h - the rights of a helper that has to look names up, or to run a
 * program that does.
 *
 * The C library does that with whatever the system is configured for: it opens
 * files, loads libraries, talks to name servers.  So what it may call cannot be
 * listed; what nobody needs for it is refused.  Landlock keeps it to files that
 * it reads and ports that it connects to; this keeps it from what Landlock
 * knows nothing of: modes, owners, times and attributes of files, other
 * processes' memory, ways into the kernel.  Called by helpers
 * (servers/relay/, servers/webhook/, servers/dialler/) when they begin.
 */
#ifndef OUTWARD_H
#define OUTWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/service.h"

/*
 * From now on files are read only, and run only if right is SANDBOX_RUN; TCP
 * goes to these ports alone; no new privileges, no core.  Returns 0, or -1 with
 * errno.
 */
int sandbox_outward(
    enum sandbox_right right, const uint16_t *ports, size_t count);

/*
 * The same for a helper that runs programs which connect to this port; and to
 * name servers, that of long answers.
 */
int sandbox_outward_to(uint16_t port);

#endif

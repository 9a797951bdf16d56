/*
 * notify.h - a stand-in for the side of systemd that listens: sd_notify(3).
 */
#ifndef RIG_NOTIFY_H
#define RIG_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"

struct rig_notify {
	int fd;
	char env[128];    /* "NOTIFY_SOCKET=PATH", for struct rig_how */
	struct buf heard; /* every datagram so far, each ended by LF */
};

/*
 * Make the socket, in a place of its own, or with an abstract name.  Ends the
 * test on failure.
 */
void rig_notify_open(struct rig_notify *);
void rig_notify_open_abstract(struct rig_notify *);

/*
 * Wait until this line ("READY=1") has been said, ever.  Explained when
 * false.
 */
bool rig_notify_hear(struct rig_notify *, const char *line);

/*
 * How often this line has been said so far.  Never waits.
 */
unsigned rig_notify_count(struct rig_notify *, const char *line);

#endif

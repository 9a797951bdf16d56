/*
 * listeners.h - where clients come in: opened from ADDRESSes, or inherited.
 *
 * Inherited ones come from systemd, or from ourselves before a reload, by the
 * same protocol (sd_listen_fds(3)): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES.
 * Used only by the master.
 */
#ifndef LISTENERS_H
#define LISTENERS_H

#include <stdbool.h>
#include <stddef.h>

#include "master/listener_path.h"
#include "service/server.h"
#include "system/addr.h"
#include "system/io.h"

#define LISTENERS_MAX 64

struct listener {
	int fd;
	int type;     /* SOCK_STREAM or SOCK_DGRAM */
	size_t offer; /* index in server.offers */
	bool lent;    /* a datagram socket that a child is reading */
	bool secure;  /* what comes in begins with TLS */
	bool ours;    /* we made it: a unix path is removed at the end */
	struct listener_file file; /* that, as we have made or found it */
	struct addr addr;
};

struct listeners {
	size_t n;
	struct listener at[LISTENERS_MAX];
};

/*
 * Take what was inherited out of the environment, with descriptors moved to
 * high numbers so that they are out of the way of what is opened next.
 * Returns how many; 0 when there are none.  Exits (78) when one cannot be
 * matched with an offer.
 */
size_t listeners_inherit(struct listeners *, const struct server *);

/*
 * Open the addresses of all offers.  Exits with one line that names the option
 * and the address: 64 for one that cannot be read, 69 for one that is in use
 * or not to be had.
 */
void listeners_open(struct listeners *, const struct server *);

/*
 * What it is called, in the ready line and to whoever inherits it.
 */
const char *listeners_name(const struct listener *, const struct server *);

/*
 * Tell services where they are had over TLS: children tell clients.
 */
void listeners_note(const struct listeners *, const struct server *);

/*
 * Say "ready NAME ADDRESS" on standard output, one line each.
 */
void listeners_announce(const struct listeners *, const struct server *);

/*
 * Put the listeners where an exec'd image of ours inherits them, from
 * IMAGE_LISTEN_FD on, with count more descriptors behind them, and say so
 * in the environment.  Returns 0, or -1 with errno.  When the exec fails
 * listeners_take_back() undoes it all.
 */
#define LISTENERS_MORE 8 /* count at most */

int listeners_bequeath(const struct listeners *, const struct server *,
    const int *more, size_t count, struct io_row *);
void listeners_take_back(struct io_row *);

/*
 * Close them all; unix paths of our own are removed.
 */
void listeners_close(struct listeners *);

#endif

/*
 * origin.c - how a server's process was started.
 */
#include "program/origin.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/num.h"
#include "master/listeners.h"
#include "master/spawn.h"
#include "system/addr.h"
#include "system/image.h"
#include "system/sock.h"

/*
 * Is descriptor 0 a connection to serve?  inetd and systemd put it on 0 and 1
 * alike, a test may put it on 0 alone.  But some programs start others with a
 * pair of unix sockets where a pipe would do, one on 0 and another one on 1:
 * those are no connections.
 */
static bool
is_from_inetd(void)
{
	struct addr peer;
	struct stat in, out;

	if (getenv("LISTEN_FDS") != NULL || !sock_is_connected(STDIN_FILENO))
		return false;
	if (addr_of_peer(STDIN_FILENO, &peer) < 0 ||
	    peer.sa.sa_family != AF_UNIX)
		return true;
	return fstat(STDIN_FILENO, &in) == 0 &&
	    fstat(STDOUT_FILENO, &out) == 0 &&
	    (!S_ISSOCK(out.st_mode) || in.st_ino == out.st_ino);
}

enum origin
origin_find(void)
{
	if (spawn_is_child())
		return BY_MASTER;
	if (getenv(IMAGE_TRY) != NULL)
		return FOR_TRIAL;
	if (is_from_inetd())
		return BY_INETD;
	return BY_HAND;
}

int
origin_reload_state(void)
{
	const char *text = getenv(IMAGE_RELOAD), *whose = getenv("LISTEN_PID");
	uint64_t fd, pid;

	unsetenv(IMAGE_RELOAD);
	if (text == NULL || whose == NULL ||
	    num_decimal(slice_of(whose), &pid) != NUM_OK ||
	    pid != (uint64_t)getpid() ||
	    num_within(slice_of(text), IMAGE_LISTEN_FD,
		IMAGE_LISTEN_FD + LISTENERS_MAX, &fd) != NUM_OK)
		return -1;
	return (int)fd;
}

void
origin_close_strays(enum origin from, int reload_state)
{
	const char *n = getenv("LISTEN_FDS");
	unsigned first = STDERR_FILENO + 1;

	if (from == BY_MASTER)
		first = IMAGE_SANDBOX_FD + 1;
	else if (from == BY_HAND && n != NULL)
		first += (unsigned)strtoul(n, NULL, 10) % 1024;
	if (reload_state == (int)first) {
		first += IMAGE_RELOAD_FDS;
		/* Above: channels that the reload state knows of. */
		close_range(first, IMAGE_HIGH_FD - 1, 0);
		return;
	}
	close_range(first, ~0U, 0);
}

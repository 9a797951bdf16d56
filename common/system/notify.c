/*
 * notify.c - tell systemd how we are.
 */
#include "system/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bytes/num.h"
#include "bytes/slice.h"

static struct sockaddr_un to;
static socklen_t to_len; /* 0: nobody wants to know */
static int64_t watchdog_ms;

static void
take_watchdog(void)
{
	const char *every = getenv("WATCHDOG_USEC");
	const char *whom = getenv("WATCHDOG_PID");
	uint64_t us, pid;

	if (every == NULL || num_decimal(slice_of(every), &us) != NUM_OK ||
	    us == 0)
		return;
	if (whom != NULL &&
	    (num_decimal(slice_of(whom), &pid) != NUM_OK ||
		pid != (uint64_t)getpid()))
		return;
	watchdog_ms = us > 2000 ? (int64_t)(us / 2000) : 1;
}

void
notify_init(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path != NULL && (path[0] == '/' || path[0] == '@') &&
	    strlen(path) < sizeof(to.sun_path)) {
		to.sun_family = AF_UNIX;
		strcpy(to.sun_path, path);
		to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
		    strlen(path));
		if (path[0] == '@')
			to.sun_path[0] = '\0';
		take_watchdog();
	}
}

void
notify_say(const char *state)
{
	int fd;

	if (to_len == 0)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to,
	    to_len);
	close(fd);
}

int64_t
notify_watchdog_ms(void)
{
	return watchdog_ms;
}

/*
 * notify.c - a stand-in for the side of systemd that listens.
 */
#include "rig/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rig/place.h"
#include "rig/wait.h"

static void
open_at(struct rig_notify *n, const struct sockaddr_un *a, size_t len)
{
	buf_init(&n->heard, 1024 * 1024);
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd < 0 ||
	    bind(n->fd, (const struct sockaddr *)a, (socklen_t)len) != 0)
		rig_die("notify socket: %s", strerror(errno));
}

void
rig_notify_open(struct rig_notify *n)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/notify", rig_place());
	snprintf(n->env, sizeof(n->env), "NOTIFY_SOCKET=%s", a.sun_path);
	open_at(n, &a, sizeof(a));
}

void
rig_notify_open_abstract(struct rig_notify *n)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int len;

	len = snprintf(a.sun_path + 1, sizeof(a.sun_path) - 1,
	    "berth-test-%d-%d", (int)getpid(), (int)getppid());
	snprintf(n->env, sizeof(n->env), "NOTIFY_SOCKET=@%s", a.sun_path + 1);
	open_at(
	    n, &a, offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
}

unsigned
rig_notify_count(struct rig_notify *n, const char *line)
{
	char datagram[4096];
	struct slice rest;
	unsigned count = 0;
	ssize_t got;

	while ((got = recv(n->fd, datagram, sizeof(datagram), MSG_DONTWAIT)) >=
	    0) {
		buf_add(&n->heard, datagram, (size_t)got);
		buf_addc(&n->heard, '\n');
	}
	rest = buf_slice(&n->heard);
	while (rest.p != NULL)
		count += slice_is(slice_cut(&rest, '\n'), line);
	return count;
}

struct wanted {
	struct rig_notify *n;
	const char *line;
};

static bool
heard(void *arg)
{
	struct wanted *w = arg;

	return rig_notify_count(w->n, w->line) > 0;
}

bool
rig_notify_hear(struct rig_notify *n, const char *line)
{
	struct wanted w = { n, line };

	if (rig_within(rig_patience_ms(), heard, &w))
		return true;
	return rig_fail(
	    "NOTIFY_SOCKET was not told %s but: %s", line, buf_str(&n->heard));
}

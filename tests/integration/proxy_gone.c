/*
 * proxy_gone.c - --proxy, WebSocket: one end is gone by a reset while the other
 * takes nothing.  Then there is nothing to do but wait, or to end.
 */
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "proxy_start.h"

#define STILL 100 /* looks in a row at which it sleeps */

static atomic_bool gone; /* the upstream, or about to be */

static bool
agree(int fd)
{
	struct buf head;
	bool fine;

	buf_init(&head, RIG_BUF_MAX);
	fine = rig_read_through(fd, &head, "\r\n\r\n") &&
	    rig_try(fd, AGREED, sizeof(AGREED) - 1);
	buf_free(&head);
	return fine;
}

/* Send until nobody takes it any more. */
static void
fill(int fd)
{
	static const char much[65536];

	for (int still = 0; still < 100; rig_pause_ms(2))
		still = send(fd, much, sizeof(much),
			    MSG_DONTWAIT | MSG_NOSIGNAL) > 0 ?
		    0 :
		    still + 1;
}

/* Its close is a reset. */
static void
set_reset(int fd)
{
	const struct linger at_once = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

static void
play_gone(int fd, void *with)
{
	(void)with;
	if (!agree(fd))
		return;
	fill(fd);
	set_reset(fd);
	atomic_store(&gone, true);
}

static void
play_deaf(int fd, void *with)
{
	struct pollfd end = { .fd = fd };

	(void)with;
	if (agree(fd))
		poll(&end, 1, -1);
}

/* Has the upstream gone, and is it asleep, time after time, or at its end? */
static bool
is_quiet(void *arg)
{
	pid_t pid = *(pid_t *)arg;

	if (!atomic_load(&gone))
		return false;
	for (int i = 0; i < STILL; i++) {
		if (rig_is_gone(pid))
			return true;
		if (rig_state(pid) != 'S')
			return false;
		rig_pause_ms(1);
	}
	return true;
}

/* The client and its process. */
static int
open_socket(pid_t *pid)
{
	int fd = rig_connect_narrow(address);
	struct buf head;

	cr_assert(rig_send(fd, UPGRADE));
	*pid = rig_server_of(fd, rig_pid(server));
	buf_init(&head, RIG_BUF_MAX);
	cr_assert(rig_read_through(fd, &head, "\r\n\r\n"));
	cr_assert(has(buf_slice(&head), "HTTP/1.1 101 "));
	buf_free(&head);
	return fd;
}

Test(proxy_gone, an_upstream_while_the_client_takes_nothing)
{
	pid_t pid;
	int fd;

	proxy_start(rig_stand_in(play_gone, NULL));
	fd = open_socket(&pid);
	cr_assert(rig_until("it waits for the client", is_quiet, &pid));
	close(fd);
	cr_assert(rig_all_gone(&pid, 1, rig_patience_ms()));
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_gone, a_client_while_the_upstream_takes_nothing)
{
	pid_t pid;
	int fd;

	proxy_start(rig_stand_in(play_deaf, NULL));
	fd = open_socket(&pid);
	fill(fd);
	rig_reset(fd);
	cr_assert(rig_all_gone(&pid, 1, rig_patience_ms()));
	cr_assert_eq(rig_stop(server), 0);
}

/* It reads the head and no more, and says nothing. */
static void
play_silent(int fd, void *with)
{
	struct pollfd end = { .fd = fd };
	struct buf head;

	(void)with;
	buf_init(&head, RIG_BUF_MAX);
	if (rig_read_through(fd, &head, "\r\n\r\n"))
		poll(&end, 1, -1);
	buf_free(&head);
	atomic_store(&gone, true);
}

Test(proxy_gone, who_uploads_what_the_upstream_does_not_take)
{
	pid_t pid;
	int fd;

	proxy_start(rig_stand_in(play_silent, NULL));
	fd = rig_connect_narrow(address);
	cr_assert(rig_send(
	    fd, HEAD_OF("POST /api/x", "Content-Length: 1000000000\r\n")));
	pid = rig_server_of(fd, rig_pid(server));
	fill(fd);
	rig_reset(fd);
	atomic_store(&gone, true);
	cr_assert(rig_until("it waits or ends", is_quiet, &pid));
	cr_assert_eq(rig_stop(server), 0);
}

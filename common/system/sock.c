/*
 * sock.c - sockets: listen, connect, and what kind a descriptor is.
 */
#include "system/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/clock.h"
#include "system/narrate.h"

#define BACKLOG          4096 /* the kernel cuts it to net.core.somaxconn */
#define TCP_FLAGS_AT     13   /* in a TCP header, RFC 9293 3.1 */
#define TCP_FLAG_SYN_BIT 0x02
#define UNSENT_MAX       (256 * 1024) /* bytes that a connection may have waiting */
#define UNSENT_FEW       (4 << 20) /* ... of few: as much as the kernel holds */
#define UNSENT_TOGETHER  (64 << 20)

static int
switch_on(int fd, int level, int option)
{
	int on = 1, done = setsockopt(fd, level, option, &on, sizeof(on));

	if (level == SOL_SOCKET && option == SO_REUSEADDR)
		narrate(done, NULL,
		    "setsockopt(%d, SOL_SOCKET, SO_REUSEADDR, 1)", fd);
	return done;
}

/* Close without losing the errno that made us do so. */
static int
fail(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

/*
 * A path left behind by a server that is gone refuses connections.  So does a
 * file that never was a socket: that one is left alone.
 */
static void
remove_stale(const struct addr *a)
{
	struct stat st;
	int fd;

	if (lstat(a->un.sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	if (connect(fd, &a->sa, a->len) < 0 && errno == ECONNREFUSED)
		unlink(a->un.sun_path);
	close(fd);
}

/*
 * Accepted sockets inherit the last two.  Without a bound on what waits
 * unsent, a few hundred clients who ask for large files and do not read fill
 * the memory that all of TCP shares (tcp_mem), and everybody stands still.
 */
static int
prepare_tcp(int fd)
{
	static const int unsent = UNSENT_MAX;

	if (switch_on(fd, SOL_SOCKET, SO_REUSEADDR) < 0 ||
	    switch_on(fd, IPPROTO_TCP, TCP_NODELAY) < 0)
		return -1;
	return setsockopt(
	    fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
}

/*
 * The kernel wakes who sends when half of it is gone: with the least bound
 * that is 800 times in 100 MiB.
 */
void
sock_share_unsent(int fd, size_t n)
{
	size_t each = UNSENT_TOGETHER / (n > 0 ? n : 1);
	int unsent = each > UNSENT_FEW ? UNSENT_FEW : (int)each;

	if (unsent > UNSENT_MAX)
		setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent,
		    sizeof(unsent));
}

static void
tell_socket(int fd, int family, int type)
{
	narrate(fd, NULL, "socket(%s, %s, 0)", narrate_family(family),
	    narrate_type(type));
}

int
sock_listen(const struct addr *a, int type)
{
	int family = a->sa.sa_family, done;
	int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	tell_socket(fd, family, type);
	if (fd < 0)
		return -1;
	if (family == AF_UNIX)
		remove_stale(a);
	else if (type == SOCK_STREAM && prepare_tcp(fd) < 0)
		return fail(fd);
	if (family == AF_INET6 && switch_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) < 0)
		return fail(fd);
	done = bind(fd, &a->sa, a->len);
	narrate(done, NULL, "bind(%d, %s)", fd, narrate_addr(a));
	if (done == 0 && type == SOCK_STREAM) {
		done = listen(fd, BACKLOG);
		narrate(done, NULL, "listen(%d, %d)", fd, BACKLOG);
	}
	return done < 0 ? fail(fd) : fd;
}

static int
number(int fd, int option)
{
	socklen_t len = sizeof(int);
	int value;

	if (getsockopt(fd, SOL_SOCKET, option, &value, &len) < 0)
		return -1;
	return value;
}

/*
 * A filter that drops packets with SYN, for kernels before 5.7, some of which
 * want CAP_NET_ADMIN for it.
 */
static void
drop_syn(int listener)
{
	struct sock_filter no_syn[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TCP_FLAGS_AT),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TCP_FLAG_SYN_BIT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog drop = { .len = 4, .filter = no_syn };

	setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &drop, sizeof(drop));
}

/*
 * The socket is bound to a network interface that does not exist, which needs
 * no right: who comes now is refused.  What belongs to handshakes under way is
 * found by them, not by the listener: those clients, who would take their
 * connection for made, get in.
 */
void
sock_stop_listening(int listener)
{
	int nowhere = INT_MAX;

	if (number(listener, SO_DOMAIN) == AF_UNIX)
		shutdown(listener, SHUT_RD);
	else if (setsockopt(listener, SOL_SOCKET, SO_BINDTOIFINDEX, &nowhere,
		     sizeof(nowhere)) < 0)
		drop_syn(listener);
}

/* Wait until the connection stands or has failed. */
static int
await(int fd, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error, n;

	do {
		n = poll(&p, 1, clock_left_ms(deadline));
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = ETIMEDOUT;
	if (n <= 0)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}

int
sock_connect(const struct addr *a, int type, int64_t deadline)
{
	int fd =
	    socket(a->sa.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int flags, done;

	tell_socket(fd, a->sa.sa_family, type);
	if (fd < 0)
		return -1;
	done = connect(fd, &a->sa, a->len);
	if (done < 0 && errno == EINPROGRESS)
		done = await(fd, deadline);
	narrate(done, NULL, "connect(%d, %s)", fd, narrate_addr(a));
	if (done < 0)
		return fail(fd);
	if (type == SOCK_STREAM && a->sa.sa_family != AF_UNIX)
		switch_on(fd, IPPROTO_TCP, TCP_NODELAY);
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return fail(fd);
	return fd;
}

int
sock_type(int fd)
{
	return number(fd, SO_TYPE);
}

bool
sock_is_connected(int fd)
{
	struct addr peer;

	return sock_type(fd) == SOCK_STREAM && addr_of_peer(fd, &peer) == 0;
}

bool
sock_is_listener(int fd)
{
	struct addr local;
	int type = sock_type(fd);

	if (type == SOCK_DGRAM)
		return addr_of_local(fd, &local) == 0;
	return type == SOCK_STREAM && number(fd, SO_ACCEPTCONN) == 1;
}

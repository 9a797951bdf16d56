/*
 * addr.h - addresses of sockets, as people write them and as the kernel takes
 * them.
 *
 * What people write (the contract's ADDRESS): PORT, HOST:PORT, [IPV6]:PORT,
 * *:PORT, unix:PATH.
 */
#ifndef ADDR_H
#define ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#define ADDR_MAX_TEXT  128 /* the longest text below, and a NUL */
#define ADDR_MAX_FOUND 16  /* addresses that one ADDRESS may stand for */

struct addr {
	socklen_t len; /* 0: unknown */
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	};
};

/*
 * Find the addresses that an ADDRESS stands for, to listen on.  A bare PORT
 * is 127.0.0.1 and ::1, * is every interface of both families, a HOST is
 * looked up.  Fills found and returns how many (at least 1), or -1 with *why
 * a reason in words (a static string) and errno EINVAL when it cannot be read,
 * ENOENT when its HOST has no address.
 */
int addr_listen(
    const char *text, struct addr found[ADDR_MAX_FOUND], const char **why);

/*
 * Does it have a HOST that has to be looked up?
 */
bool addr_is_name(const char *text);

/*
 * Write it with a NUL to text: 127.0.0.1:80, [::1]:80, unix:/path, "unknown".
 * A v4 address mapped into v6 is shown as v4.  Returns text.
 */
const char *addr_text(const struct addr *, char text[ADDR_MAX_TEXT]);

/*
 * The same without the port: 127.0.0.1, ::1, unix.  Returns text.
 */
const char *addr_host(const struct addr *, char text[ADDR_MAX_TEXT]);

/*
 * The port, or 0 where there is none; and set it, where there is one.
 */
unsigned addr_port(const struct addr *);
void addr_set_port(struct addr *, unsigned port);

/*
 * Is it a loopback address or a unix socket?
 */
bool addr_is_loopback(const struct addr *);

/*
 * getsockname(2) and getpeername(2).  Return 0, or -1 with errno and
 * a->len 0.
 */
int addr_of_local(int fd, struct addr *a);
int addr_of_peer(int fd, struct addr *a);

/*
 * What clients tell of a connection, on standard error: "Connected from HOST
 * PORT", "Connected to HOST PORT"; of what is unknown, nothing.
 */
void addr_tell_ends(const struct addr *local, const struct addr *peer);

#endif

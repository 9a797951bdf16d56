/*
 * wire.h - sockets as a test wants them: exact, bounded, and rude on demand.
 *
 * Everything works on plain descriptors.  No function reads a byte more than
 * it returns, so they can be mixed freely on one connection.  What ends in
 * "expect" is explained when it is false.
 */
#ifndef RIG_WIRE_H
#define RIG_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes/buf.h"

#define RIG_BUF_MAX ((size_t)512 * 1024 * 1024) /* for buf_init() */

/*
 * Connect to what a ready line says: 127.0.0.1:80, [::1]:80, unix:/path,
 * udp:127.0.0.1:80, udp:[::1]:80.  rig_connect_port is 127.0.0.1.  Return the
 * descriptor (blocking, close-on-exec), or -1 with errno.
 */
int rig_connect(const char *address);
int rig_connect_port(unsigned port);

/*
 * As rig_connect, but with a receive buffer as small as it gets, so that the
 * other end soon blocks; and, to a unix: address, so that rig_speaker (look.h)
 * can tell who answers (this end then has a name, an abstract one).
 */
int rig_connect_narrow(const char *address);
int rig_connect_traced(const char *address);

/*
 * As rig_connect, from an address of our own: 127.0.0.2, 2001:db8::1.
 */
int rig_connect_from(const char *source, const char *address);

/*
 * Listen on a free port of 127.0.0.1 (for LISTEN_FDS); *port is it.  Bind a
 * datagram socket likewise; and to another address ("127.0.0.2:0"), where no
 * other test has the same port by TCP.  End the test on failure.
 */
int rig_listen(unsigned *port);
int rig_bind_udp(unsigned *port);
int rig_bind_udp_at(const char *address, unsigned *port);

/*
 * A port of 127.0.0.1 that refuses connections and datagrams: it is taken, and
 * nobody listens.  So no other test gets it meanwhile, as it would one that was
 * closed.  listen(2) on the descriptor opens it.
 */
int rig_refusing(unsigned *port);
int rig_refusing_udp(unsigned *port);

/*
 * Two connected ends: of a unix stream pair, and of a real TCP connection
 * over loopback (ends[0] connected, ends[1] accepted).
 */
void rig_pair(int ends[2]);
void rig_tcp_pair(int ends[2]);

/*
 * Send all of it; rig_send a string.  rig_send_slowly sends a byte at a time
 * with a pause after each.  False when the other end does not take it.
 */
bool rig_send(int fd, const char *text);
bool rig_send_bytes(int fd, const void *, size_t n);
bool rig_send_slowly(int fd, const char *text, int64_t pause_ms);

/*
 * Receive what there is, at most n bytes: waits for the first.  Returns the
 * count, 0 at the end, -1 with errno (ETIMEDOUT when nothing came in time).
 * rig_receive_ms waits at most so long.
 */
ssize_t rig_receive(int fd, void *to, size_t n);
ssize_t rig_receive_ms(int fd, void *to, size_t n, int64_t ms);

/*
 * Append to buf: exactly n bytes; all up to and including needle; all up to
 * the end.  False when the end, an error or the deadline came first (what
 * came is in buf all the same).
 */
bool rig_read(int fd, struct buf *, size_t n);
bool rig_read_through(int fd, struct buf *, const char *needle);
bool rig_read_all(int fd, struct buf *);

/*
 * Send n bytes while receiving want bytes to buf: for an echo, which would
 * otherwise block both ends.
 */
bool rig_exchange(int fd, const void *, size_t n, struct buf *, size_t want);

/*
 * The very next bytes are these; the very next thing is the end (in order,
 * no reset), or a reset; nothing comes, and no end, for ms milliseconds.
 */
bool rig_expect(int fd, const char *text);
bool rig_expect_bytes(int fd, const void *, size_t n);
bool rig_expect_end(int fd);
bool rig_expect_reset(int fd);
bool rig_expect_silence(int fd, int64_t ms);

/*
 * The next datagram is exactly this, of exactly this length.
 */
bool rig_expect_datagram(int fd, const void *, size_t n);

/*
 * We send no more, but still read.
 */
void rig_half_close(int fd);

/*
 * Close with a reset (RST) instead of a good-bye.
 */
void rig_reset(int fd);

/*
 * The host of this end is gone: nothing reaches it, so it answers nothing, not
 * even with a reset, and nobody is told.
 */
void rig_vanish(int fd);

#endif

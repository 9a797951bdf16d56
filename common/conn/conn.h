/*
 * conn.h - one client: what its bytes travel by, its addresses, its absolute
 * deadline, its buffers.
 *
 * Every wait ends at the conn's deadline, set once by conn_deadline(), however
 * the bytes trickle.  A datagram is a connection with one read and then
 * end-of-file: what is sent to it is gathered and goes out as one datagram
 * at conn_end().  Servers and clients both use it; it knows nothing of the
 * master.
 */
#ifndef CONN_H
#define CONN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "system/addr.h"

#define CONN_IN_MAX       (128 * 1024) /* c->in at most, unless changed */
#define CONN_READ_SIZE    16384        /* one read asks for this much */
#define CONN_DATAGRAM_MAX 65527        /* the longest UDP payload (IPv6) */
#define CONN_LINGER_MS    2000         /* conn_end() drains at most so long */

/* What a wait came to when it is not a count of bytes. */
enum conn_status {
	CONN_EOF = 0,      /* the client sends no more */
	CONN_ERROR = -1,   /* errno says what: ECONNRESET, EPIPE ... */
	CONN_TIMEOUT = -2, /* the deadline came first */
	CONN_FULL = -3,    /* c->in has reached its maximum */
	CONN_DRAIN = -4,   /* the master drains: say good-bye */
	CONN_REST = -5,    /* leave the connection to the master */
};

/* What conn_wait() may wait for, and what it saw. */
enum conn_event {
	CONN_READABLE = 1, /* conn_fill() would not wait */
	CONN_WRITABLE = 2, /* some bytes could be sent */
	CONN_HUNG_UP = 4,  /* the other end sends no more; told also when not
			    * asked for, if it takes no more either */
	CONN_OTHER = 8,    /* the second descriptor is readable */
	/* Only to be asked for: the second descriptor takes bytes (told as
	 * CONN_OTHER); and the order to finish, which has been heard, ends no
	 * wait. */
	CONN_OTHER_TAKES = 16,
	CONN_PATIENT = 32,
};

struct conn;
struct proxied;

/*
 * What the bytes travel by: the socket itself and a datagram are in plain.c.
 * Each function is one try, returns -1 with errno (EAGAIN: poll(2) for
 * c->awaits and try again, which is POLLIN after receive() and POLLOUT after
 * the others unless the transport sets it otherwise), and is called by conn
 * only.  Whoever has another transport sets c->transport and c->session after
 * conn_init().
 */
struct conn_transport {
	/* As recv(2); wait: until bytes come or SO_RCVTIMEO is over. */
	ssize_t (*receive)(struct conn *, void *to, size_t n, bool wait);
	/* As writev(2), never waits; more: other bytes follow at once.  The
	 * same bytes are offered again after EAGAIN. */
	ssize_t (*send)(struct conn *, struct iovec *, int count, bool more);
	/* As pread(2) and send; 0: the file ends before offset.  May be NULL:
	 * the bytes are then read and sent. */
	ssize_t (*send_file)(struct conn *, int file, off_t offset, size_t n);
	/* 1 if receive() would have bytes at once, 0 if not, CONN_ERROR if it
	 * would say that there will be none. */
	int (*pending)(struct conn *);
	/* Tell the other end that nothing more is sent. */
	int (*shut)(struct conn *);
	/* Free the session and close c->fd. */
	void (*close)(struct conn *);
	/* What conn_protocol() returns.  NULL: nothing is agreed on here. */
	struct slice (*protocol)(const struct conn *);
};

struct conn {
	int fd; /* the transport's; -1 once ended */
	const struct conn_transport *transport;
	void *session;    /* the transport's own */
	short awaits;     /* POLLIN or POLLOUT, see struct conn_transport */
	bool nonblocking; /* what the socket is */
	int type;         /* SOCK_STREAM or SOCK_DGRAM */
	struct addr peer; /* the other end; len 0 when it has no name */
	const struct addr *answer_to; /* a copy of it; NULL: the peer itself */
	struct addr local;            /* our end; filled in by conn_local() */
	int64_t accepted_us;          /* clock_us() when it was accepted */
	int64_t deadline;             /* clock_ms(); CLOCK_NEVER at first */
	uint64_t pace;       /* bytes a second, see conn_pace(); 0: none */
	int64_t pace_ms;     /* between two looks whether more was taken */
	uint64_t pace_taken; /* bytes, at the last look */
	struct buf in;       /* received and not yet eaten */
	struct buf out;      /* a datagram's answer; streams: unused */
	uint64_t received;   /* bytes from the client so far */
	uint64_t sent;       /* bytes to the client so far */
	bool eof;            /* the client sends no more */
	bool last_asked;     /* it said that it will not, RFC 9112 9.6 */
	bool loaded;         /* a datagram was taken and not yet returned */
	bool secure;         /* over TLS */
	bool last;           /* the process and its memory end with it */
	int keeper;          /* socket to the key keeper, for secure_serve(); or
			      * -1 */
	int dialler;         /* socket to the dialler (dial.h), or to another
			      * helper of the service; or -1 */
	unsigned dials;      /* questions to it without an answer */
	/* What a proxy has said of it (proxied.h), or NULL. */
	const struct proxied *proxied;
	unsigned waits;    /* for what it says next, so far */
	int64_t waited_ms; /* SO_RCVTIMEO as last set, 0 for none */
	/* The master has it, too, and it may rest: see conn_rest(). */
	int64_t rest_ms;          /* when silent so long; 0: it may not */
	bool kept;                /* it has rested before */
	const uint64_t *leaving;  /* not when this is set; or NULL */
	unsigned wrong_passwords; /* see conn_wrong_password() */
};

/*
 * Make a conn of a connected descriptor, which it owns from now on.  peer may
 * be NULL: it is then asked of the socket.
 */
void conn_init(struct conn *, int fd, int type, const struct addr *peer,
    int64_t accepted_us);

/*
 * The client gave a wrong password.  That is counted to its conduct; returns
 * whether it was one too many for this connection, which must then end.
 */
#define CONN_WRONG_PASSWORDS 3
bool conn_wrong_password(struct conn *);

/*
 * Take the datagram out of the socket now; the first conn_fill() or
 * conn_idle() then returns it.  Never waits.  Returns its length, or
 * CONN_ERROR (EAGAIN: there was none).
 */
ssize_t conn_take_datagram(struct conn *);

/*
 * Our end of the connection.  Asked of the kernel at first use.
 */
const struct addr *conn_local(struct conn *);

/*
 * The protocol that both ends have agreed on while the connection was secured
 * (ALPN, RFC 7301): "h2", "http/1.1"; or the client and the proxy before us
 * have.  Empty when they have not, or it is not secure at all (c->secure).
 */
struct slice conn_protocol(const struct conn *);

/*
 * From now on no wait lasts beyond ms milliseconds from now.
 */
void conn_deadline(struct conn *, int64_t ms);

/*
 * The same for something long that is to be sent: each time that we look, some
 * times in ms, and the client has taken anything since the last time (TCP: has
 * acknowledged), it has ms milliseconds from then on, and a second for each `rate` bytes of it,
 * CONN_PACE_MS at most, for where a window opens seldom.  So a client gets all
 * of it, however slow and however long, that takes something in each of these
 * periods, and one that stands still is soon given up, however much is left or
 * was taken.  Until the next conn_deadline().
 */
#define CONN_PACE_MS 20000

void conn_pace(struct conn *, int64_t ms, uint64_t rate);

/*
 * The deadline has come: does it move, for that reason?  Then it has.
 */
bool conn_earns_time(struct conn *);

/*
 * Wait for bytes and append them to c->in.  Returns how many came (at least
 * 1), or a conn_status.  c->in.p may move.
 */
ssize_t conn_fill(struct conn *);

/*
 * As conn_fill(), for the wait between two requests or commands, and it may
 * end with CONN_DRAIN when the master has told this process to finish.  Bytes
 * that have come already are returned first.  One recv(2) when bytes come in
 * time.
 */
ssize_t conn_idle(struct conn *);

/*
 * As conn_idle(), for a protocol that still has something to say and to hear
 * after CONN_DRAIN: the connection stays as it is.
 */
ssize_t conn_await(struct conn *);

/*
 * As conn_idle(), for a protocol that keeps nothing between two requests: it
 * ends with CONN_REST when the connection may rest (c->rest_ms) and has been
 * silent for so long, or when the master wants the process for others, also
 * before the first request.  Nothing is buffered then, and the caller is to
 * leave with CONDUCT_RESTS and without touching the connection again.
 */
ssize_t conn_rest(struct conn *);

/*
 * Is the connection to end with what is answered now?  The server is about to
 * end (--drain-delay: who comes again is to come to another), or the master has
 * asked this process to finish and it will not rest.
 */
bool conn_is_to_end(const struct conn *);

/*
 * As conn_fill(), but never waits: what is there now is appended to c->in.
 * CONN_ERROR with EAGAIN if nothing is.
 */
ssize_t conn_fill_now(struct conn *);

/*
 * Would conn_fill() return at once?  1: with bytes; 0: it would wait;
 * CONN_ERROR: without any, for the other end sends no more.  Never waits, and
 * does not look at c->in.
 */
int conn_pending(struct conn *);

/*
 * Are there bytes of the client that conn_fill() would return at once?
 */
bool conn_has_more(struct conn *);

/*
 * Wait for one of the events in what, or for the descriptor `other` (-1: none)
 * to become readable, but no longer than ms milliseconds (-1: no limit but the deadline).  Returns what was seen of
 * conn_event, 0 when ms are over, or CONN_ERROR, CONN_TIMEOUT, or CONN_DRAIN as
 * soon as the master has told this process to finish.  Takes no byte.
 */
int conn_wait(struct conn *, unsigned what, int other, int64_t ms);

/*
 * For a conversation that waits for many things: as poll(2) over all of p, of
 * which the first is the connection's, but no longer than ms (-1: no limit)
 * and not beyond the deadline.  Its fd is filled in; its events are what
 * c->awaits was after a receive or a send that was in vain, without which
 * there may be bytes that poll(2) cannot see.  drains: the order to finish
 * ends the wait, or it has come already.  Returns how many are ready, 0 when
 * time is over, CONN_ERROR or CONN_DRAIN.
 */
struct pollfd;
int conn_wait_any(
    struct conn *, struct pollfd *p, size_t n, int64_t ms, bool drains);

/*
 * Send all of it, waiting for a slow reader until the deadline.  conn_send
 * changes the iovecs.  Return 0, or CONN_ERROR or CONN_TIMEOUT.  conn_say
 * takes a slice, conn_saz a string.
 */
int conn_send(struct conn *, struct iovec *, int count);
int conn_say(struct conn *, struct slice);
int conn_sayz(struct conn *, const char *);

/*
 * Send what can be sent of it without waiting.  Returns how much, or
 * CONN_ERROR, with EAGAIN if nothing can: conn_wait() for CONN_WRITABLE.
 */
ssize_t conn_send_now(struct conn *, struct slice);

/*
 * Nothing more will be sent: the other end is told, and may still answer.
 * Returns 0 or CONN_ERROR.
 */
int conn_shut(struct conn *);

/*
 * Send n bytes of a file from offset, by sendfile(2) where that goes; head, if any, goes out
 * before it in the same segments.  Returns 0, CONN_ERROR or CONN_TIMEOUT;
 * CONN_EOF (also 0) is never returned: a file that ends early is CONN_ERROR
 * with errno EIO, and the connection must then be closed, for the length that
 * was promised cannot be kept.
 */
int conn_sendfile(
    struct conn *, struct slice head, int file, off_t offset, uint64_t n);

/*
 * Say good-bye so that the last reply arrives.  A stream: shut the write side,
 * read and drop what still comes for at most CONN_LINGER_MS, close; one that
 * has last_asked and sent nothing more is closed at once.  A datagram: send
 * what was gathered, be it empty, as one datagram.  Frees the buffers.
 */
void conn_end(struct conn *);

/*
 * Close at once, without ceremony (after an error).  Frees the buffers.
 */
void conn_drop(struct conn *);

/*
 * In a child, between two connections: nothing hurries.  While a connection
 * lasts, an alarm(2) some time behind its deadline ends a process that hangs.
 */
void conn_alarm_off(void);

/*
 * In a child: from now on SIGTERM means "finish what you do, then go".
 * conn_draining() tells whether it has come.
 */
void conn_catch_drain(void);
bool conn_draining(void);

#endif

/*
 * service.h - what a program offers: a function that serves one connection.
 *
 * This is the whole border between the machine (master, pool, child) and a
 * protocol.  A service is called in a process of its own with one connected
 * conn.  It never sees a listening socket.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/slice.h"

struct arg_list;
struct conn;
struct helper_offer;
struct privdrop;

/* How a client behaved: the child's exit code, which the master may weigh. */
enum conduct {
	CONDUCT_FINE = 0,   /* an ordinary conversation */
	CONDUCT_RUDE = 10,  /* broke the protocol's rules */
	CONDUCT_SLOW = 11,  /* ran into a deadline */
	CONDUCT_GONE = 12,  /* vanished in the middle */
	CONDUCT_WRONG = 13, /* tried wrong passwords */
	/* Not the client's: what prepare() opened is there no more, so the
	 * image is renewed, as after a crash, and prepares again. */
	CONDUCT_STALE = 14,
	/* The conversation is not over: the connection is silent, and this
	 * process leaves it to the master (conn_rest()). */
	CONDUCT_RESTS = 15,
};

/* What a sandboxed child may reach in the file system; nothing else is open.
 * SANDBOX_WRITE lists, makes, moves and removes, but reads no file: for that a
 * service names the path twice.  SANDBOX_MOVE makes empty files, moves and
 * removes files, and leaves directories as they are.  SANDBOX_WATCH is
 * SANDBOX_READ with inotify(7), SANDBOX_RUN with
 * running what lies there.  SANDBOX_OWN is for a directory of one's own:
 * all of it, and cutting files short. */
enum sandbox_right {
	SANDBOX_READ,
	SANDBOX_WRITE,
	SANDBOX_WATCH,
	SANDBOX_MOVE,
	SANDBOX_OWN,
	SANDBOX_RUN
};

struct sandbox_path {
	const char *path; /* a directory that exists */
	enum sandbox_right right;
	int fd; /* it has been opened already; 0: by its path */
};

#define SERVICE_MAX_PATHS 4
#define SERVICE_MAX       8 /* in one program */

/* A reserve of children that nobody asked for in numbers (master/share.h). */
#define SERVICE_SHARE UINT64_MAX

struct service {
	const char *name;   /* in the ready line: "http" */
	const char *title;  /* on the start card: "Site" */
	const char *scheme; /* "http", if a person can open it in a browser */
	const char *secure_name; /* in the ready line, over TLS: "https"; NULL:
				  * it is not offered so */
	bool starttls; /* set before prepare(): it calls secure_serve() by
			* itself, on connections that begin without TLS */
	unsigned secure_port; /* where it is had over TLS, once it listens;
			       * 0: nowhere, or unknown */
	bool direct;          /* no proxy stands before it: PROXY headers are
			       * not expected */
	bool mail;            /* its requests are messages */
	bool open;            /* do so once it is ready, and clear this */

	/*
	 * Open what children need (directories, databases, logs) before the
	 * first fork.  May be NULL.  A fault is die()'s business.
	 */
	void (*prepare)(struct service *);

	const struct privdrop *user; /* set before prepare(): who children
				      * will be, see sandbox/as_user.h */
	/*
	 * In the master, for directories that may be replaced while we run: a
	 * descriptor that is readable when they may have been, or -1; then,
	 * look: do paths[] mean others now, which are there?  Both may be
	 * NULL.
	 */
	int (*watch)(struct service *);
	bool (*moved)(struct service *);
	bool guided; /* children cannot find the others by themselves: they
		      * are born with what the master has opened */
	bool renews; /* only another image can open them anew: it comes with
		      * the next client, who waits for it */

	/*
	 * In a child of whichever service, without leave to open anything:
	 * why this one is not ready for clients now (/readyz), or NULL.  May
	 * be NULL.
	 */
	const char *(*unready)(void);

	bool single; /* set before prepare(): this process will hold one
		      * conversation and end, so what is seldom needed may
		      * be loaded when it is */

	bool follows; /* set before prepare(): as in server.h */

	/*
	 * Hold one conversation.  The conn is ended by the caller if it is
	 * still open on return.  Returns a conduct.
	 */
	int (*serve)(struct conn *, const struct service *);

	const void *context; /* the service's own, not looked at here */

	/*
	 * Sent by the master to a client for whom there is no child.  May be
	 * empty: then the connection is just closed.
	 */
	struct slice busy;

	/*
	 * When the server is full, may a connection that waits for its next
	 * request be ended to make room?  (Kept-alive HTTP: yes.)
	 */
	bool yields;

	/*
	 * Set by prepare(): without TLS its connections may rest between two
	 * requests, so long at most (conn_rest()).  0: they do not.
	 */
	int64_t rests_ms;

	/*
	 * The protocols that it speaks over TLS, the one it likes best first,
	 * each behind a byte with its length (ALPN, RFC 7301):
	 * "\2h2\10http/1.1".  Empty: whichever is not asked for by name.
	 * conn_protocol() says which one it became.
	 */
	struct slice alpn;

	/*
	 * No connection lasts longer, whatever its process thinks of it: the
	 * master kills it then.  0: a day.
	 */
	int64_t longest_ms;

	/*
	 * Filled in by prepare(): what the sandbox leaves open.
	 */
	struct sandbox_path paths[SERVICE_MAX_PATHS];
	size_t path_count;
	/* Set before prepare(): the places, HOST:PORT, that its children may
	 * have connections to (conn/dial.h), by their number here; or NULL. */
	const struct arg_list *dials;
	/* Or, instead: a helper of its own that each of its connections has a
	 * socket to, as to the dialler; and the master's socket to it, which
	 * program/server_dial.c sets (0: none). */
	const struct helper_offer *own_helper;
	int helper;
	bool locks; /* it locks what it reads (fcntl(2)), as SQLite does */
};

#endif

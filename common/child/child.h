/*
 * child.h - the life of one child: wait for a connection, serve it, go.
 *
 * Everything here runs in the child's process.  The master's side of the same
 * control socket is in pool.c.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "service/service.h"
#include "system/addr.h"

/* What the master sends beside the descriptor of a connection and, as lines
 * says, sockets to helpers: to the key keeper, where TLS is possible, and to
 * the dialler. */
enum hand_over_line { LINE_KEEPER = 1, LINE_DIALLER = 2 };

#define HAND_OVER_FDS 3

struct hand_over {
	uint32_t service;    /* index in child_setup.services */
	int32_t type;        /* SOCK_STREAM or SOCK_DGRAM */
	uint32_t secure;     /* it begins with TLS */
	uint32_t lines;      /* of enum hand_over_line, in their order */
	uint32_t kept;       /* others have served it, and it woke */
	int64_t rest_ms;     /* it may rest when silent so long; 0: never */
	uint32_t proxied;    /* it begins with a PROXY header, before all */
	int64_t accepted_us; /* clock_us() */
	struct addr peer;
};

/* What a child may say, in one byte.  The master believes none of it blindly:
 * at worst a child that lies gets no more connections. */
enum child_word {
	WORD_IDLE = 'i',   /* ready for another (only with reuse) */
	WORD_TAKEN = 't',  /* the datagram is out of the socket */
	WORD_CLIENT = 'c', /* a proxy says whose connection it is (struct
			    * child_client); the answer is a child_verdict */
};

/* The longest word: behind it stands the client. */
struct child_client {
	char word; /* WORD_CLIENT */
	struct addr client;
};

/* May that client come in?  One byte. */
enum child_verdict { VERDICT_COME_IN = 'y', VERDICT_REFUSED = 'n' };

/* Exit code of a child that could not even begin. */
#define CHILD_NOT_BORN 40

/* What all children have in common, made before the first fork. */
struct child_setup {
	struct service *const *services;
	size_t service_count;
	uint64_t reuse;    /* connections in a life; 0: no end */
	int first_private; /* descriptors from here are the master's */
	pid_t master;
	int restorer; /* to be known to the restorer (restorer.h), or -1 */
	const struct sandbox_plan *sandbox;
	const struct networks *proxies; /* who may say whose a connection is */
};

/*
 * Live, forked by the zygote or not.  control is the child's end of its control
 * socket, channel that to the logger (logger.h).  Leaves by _exit() with a conduct, or CHILD_NOT_BORN.
 */
_Noreturn void child_live(
    const struct child_setup *, int control, int channel, bool zygote);

/*
 * Enter the sandbox and serve the connection on fd, which came from inetd or a
 * test: a life without a master.  Returns the conduct.
 */
int child_serve_inherited(const struct child_setup *, int fd);

#endif

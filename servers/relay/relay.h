/*
 * relay.h - the rooms of the relay, each calling only those before it in this
 * list:
 *
 *	job     one message on its way: berth-smtp runs for it
 *	lines   all sockets, and the loop
 *
 * What is said on the sockets is in mail/relay.h.  All that comes from there is
 * taken for hostile.
 */
#ifndef RELAY_ROOMS_H
#define RELAY_ROOMS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "mail/relay.h"
#include "system/args.h"

#define RELAY_JOBS_MAX 8 /* at once, of all connections */

/* What the options say (job.c). */
struct relay_options {
	const char *server; /* HOST:PORT */
	struct arg_list to;
};

extern struct relay_options relay_options;

/* ---- job.c ---- */

struct job {
	bool used;
	uint32_t line, ticket;
	pid_t pid;
	int words_fd; /* what it says */
	int64_t deadline;
	size_t n;
	char words[RELAY_WORDS_MAX];
};

/*
 * May this be sent?  Returns NULL, or why not.
 */
const char *job_refuses(const struct relay_ask *);

/*
 * Begin to send it; file is not closed.  Returns 0, or -1 with errno.
 */
int job_begin(struct job *, const struct relay_ask *, int file);

/*
 * It has said something, or ended: then true, with the answer; its process is
 * gone.  job_end() kills it, if need be.
 */
bool job_hear(struct job *, struct relay_answer *);
void job_end(struct job *);

/* ---- lines.c ---- */

/*
 * Serve all that the master sends on this socket, until it is gone and so are
 * all whom it has sent.  Returns the exit code.
 */
int relay_serve(int control);

#endif

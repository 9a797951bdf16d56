/*
 * relay.h - the rooms of the relay, each calling only those before it in this
 * list:
 *
 *	job     one message on its way: berth-smtp runs for it
 *	lines   all sockets, and the loop
 *	rules   instead of these: mail that goes on by itself
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
#include "system/image.h"

#define RELAY_JOBS_MAX 8 /* at once, of all connections */

/* What the options say (job.c). */
struct relay_options {
	const char *server; /* HOST:PORT */
	struct arg_list to;
	int tls;               /* enum relay_tls */
	const char *ca_file;   /* or NULL */
	bool login;            /* RELAY_LOGIN_FD is open */
	struct arg_list rules; /* whose mail goes on by itself */
};

enum relay_tls {
	RELAY_TLS_MAY,
	RELAY_TLS_STARTTLS,
	RELAY_TLS_ON,
	RELAY_TLS_OFF
};

/* A file with the user that we log in as (system/login_file.h). */
#define RELAY_LOGIN_FD (IMAGE_HELPER_FD + 1)

extern struct relay_options relay_options;

/* ---- job.c ---- */

struct job {
	bool used;
	uint32_t line, ticket, turn;
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

/* ---- rules.c ---- */

/*
 * Send on what comes to the Maildir root and to whom the rules name, until
 * asked to end.  rules_open() before the sandbox.  -1: errno says why.
 */
int rules_open(int root);
int rules_serve(void);

#endif

/*
 * webhook.h - the rooms of berth-webhook, each calling only those before it in
 * this list:
 *
 *	post    one message is told: berth-http runs for it
 *	work    message after message, and the pauses
 */
#ifndef WEBHOOK_H
#define WEBHOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes/slice.h"
#include "mail/follow.h"

#define WEBHOOK_MS        10000   /* for one request */
#define WEBHOOK_PAUSE     1000    /* after a failure, doubled each time ... */
#define WEBHOOK_PAUSE_MAX 60000   /* ... up to this */
#define WEBHOOK_OLD_MS    600000  /* received so long ago: not tried again */
#define WEBHOOK_LEAVE_MS  2000    /* for what is under way at the end */
#define WEBHOOK_BODY_MAX  8388608 /* bytes of a summary */
#define WEBHOOK_WORDS_MAX 512

/* ---- post.c ---- */

struct post {
	pid_t pid;
	int words_fd; /* what it says, -1: nothing is under way */
	int64_t deadline;
	size_t n;
	char words[WEBHOOK_WORDS_MAX];
};

enum post_end {
	POST_ON,      /* it goes on */
	POST_DONE,    /* the other end has it */
	POST_REFUSED, /* it will never take it (4xx) */
	POST_LATER,
};

/*
 * Begin to send this body to the URL.  Returns 0, or -1 with errno.
 */
int post_begin(struct post *, const char *url, struct slice body);

/*
 * words_fd is readable, or its time may be over.  At the end *why is in words,
 * good until the next call.
 */
enum post_end post_hear(struct post *, const char **why);

/*
 * Never mind.  A no-op when nothing is under way.
 */
void post_end(struct post *);

/* ---- work.c ---- */

/*
 * Tell the URL of all that comes, until asked to end (SIGTERM).  Returns the
 * exit code.
 */
int webhook_work(struct follow *, const char *url);

#endif

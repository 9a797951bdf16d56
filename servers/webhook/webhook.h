/*
 * webhook.h - one message is told: berth-http(1) runs for it (post.c).
 *
 * Message after message, and the pauses, are mail/courier.h.
 */
#ifndef WEBHOOK_H
#define WEBHOOK_H

#include <stdint.h>
#include <sys/types.h>

#include "bytes/slice.h"
#include "mail/courier.h"

#define POST_MS        10000 /* for one request */
#define POST_WORDS_MAX 512

struct post_to {
	const char *url;
	const char *cacert; /* a file of certificates to trust, or NULL */
};

struct post {
	pid_t pid;
	int words_fd; /* what it says, -1: nothing is under way */
	int64_t deadline;
	size_t n;
	char words[POST_WORDS_MAX];
};

/*
 * Begin to send this body there.  Returns 0, or -1 with errno.
 */
int post_begin(struct post *, const struct post_to *, struct slice body);

/*
 * words_fd is readable, or its time may be over.  An answer of 4xx is
 * COURIER_REFUSED.  At the end *why is in words, good until the next call.
 */
enum courier_end post_hear(struct post *, const char **why);

/*
 * Never mind.  A no-op when nothing is under way.
 */
void post_end(struct post *);

#endif

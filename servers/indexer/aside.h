/*
 * aside.h - what else is in INDEX_DIR: two directories by which the inbox and
 * the mail server reach each other.
 *
 *	INDEX_SYNC	a process of the inbox puts a file there, and waits until
 *			it is gone: we remove it when all that had happened
 *			before can be seen in the index
 *	INDEX_SESSIONS	the mail server keeps the dialogues of its sessions
 *			there, if there is such a directory; the oldest go
 */
#ifndef ASIDE_H
#define ASIDE_H

#include "mail/maildir.h"

#define ASIDE_WAITING_MAX  256  /* more at once wait in vain */
#define ASIDE_SESSIONS_MAX 1000 /* dialogues that are kept */
#define ASIDE_TRIM_MS      10000

struct aside {
	char waiting[ASIDE_WAITING_MAX][64];
	size_t n;
	int64_t trim_at; /* clock_ms() */
};

/*
 * Make the directories, and forget who waited for an earlier indexer.
 */
void aside_make(const struct maildir *, struct aside *);

/*
 * Make what somebody has removed of them.
 */
void aside_mend(const struct maildir *);

/*
 * Somebody waits, by this name.
 */
void aside_wait(struct aside *, const char *name);

/*
 * All is in the index: let them go.
 */
void aside_release(const struct maildir *, struct aside *);

/*
 * Remove the oldest dialogues, if it is time to look.
 */
void aside_trim(const struct maildir *, struct aside *);

#endif

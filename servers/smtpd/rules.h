/*
 * rules.h - faults on purpose, from a file of rules, always the same for the
 * same conversation: for people who test what sends mail.
 *
 *	STAGE CONDITION... ACTION...
 *
 *	rcpt to=*@grey.example first=1 per=to reply 450 4.7.1 Come back later
 *	rcpt to=full@* reply 452 4.2.2 Mailbox full
 *	mail rate=10/60 reply 451 4.7.1 Not so fast
 *	dot from=*@dead.example drop
 *	data to=big@* drop 1000
 *	ehlo delay 2.5
 *
 * The first rule that matches decides.  Counts live in memory that all
 * children of a master share, so they go on from one connection to the next.
 */
#ifndef RULES_H
#define RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/slice.h"

#define RULES_MAX       200  /* rules in a file */
#define RULES_KEYS_MAX  4096 /* counts kept, with per= */
#define RULES_DELAY_MAX 3600 /* seconds */

enum rules_stage {
	RULES_CONNECT,
	RULES_EHLO,
	RULES_AUTH,
	RULES_MAIL,
	RULES_RCPT,
	RULES_DATA,
	RULES_DOT,
	RULES_STAGES,
};

/* What is known of the conversation at this stage; unknown is empty. */
struct rules_case {
	enum rules_stage stage;
	struct slice client, helo, user, from, to;
};

struct rule {
	size_t line; /* of the file */
	enum rules_stage stage;
	/* Patterns, as fnmatch(3) has them; NULL matches everything. */
	const char *client, *helo, *user, *from, *to;
	uint64_t first, after, nth, every; /* 0: not asked for */
	uint64_t rate, window_s;           /* rate 0: not asked for */
	char per;                          /* 'c', 'f', 't', 'u' or 0 */
	/* What to do. */
	int64_t delay_ms;
	const char *reply; /* "CODE TEXT", or NULL */
	bool drop;
	uint64_t drop_after; /* bytes of the body; stage data only */
};

/*
 * Read the rules, in place of those there were; counts begin anew.  For the
 * master, before the first fork.  A fault is die(EXIT_CONFIG) with the line.
 */
void rules_load(const char *path);

/*
 * Parse one line, which it keeps pieces of and cuts into strings.  Returns 1,
 * 0 for an empty line or a comment, or -1 with *why in words (of this call),
 * which name the word at fault and what could stand there.
 */
int rules_parse(char *line, struct rule *, const char **why);

const char *rules_stage_name(enum rules_stage);

/*
 * Which rule decides this case?  Counts it.  NULL: none, go on as usual.
 */
const struct rule *rules_ask(const struct rules_case *);

#endif

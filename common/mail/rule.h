/*
 * rule.h - a fault on purpose: a line of the file of rules.
 *
 *	STAGE CONDITION... ACTION...
 *
 *	rcpt to=*@grey.example first=1 per=to reply 450 4.7.1 Come back later
 *	rcpt to=full@* reply 452 4.2.2 Mailbox full
 *	mail rate=10/60 reply 451 4.7.1 Not so fast
 *	mail percent=5 reply 451 Temporary failure
 *	rcpt mailbox=alice@one.example reply 550 5.1.1 Nobody here
 *	dot from=*@dead.example drop
 *	data to=big@* drop 1000
 *	ehlo delay 2.5
 *
 * The mail server obeys rules (servers/smtpd/rules.h), the inbox sets them
 * while it runs: in RULES_FILE of the Maildir.
 */
#ifndef RULE_H
#define RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULES_MAX       200  /* rules in a file */
#define RULES_DELAY_MAX 3600 /* seconds */

/* In the Maildir: rules that may change at any time. */
#define RULES_FILE     ".berth/rules"
#define RULES_FILE_MAX 65536 /* bytes; a longer one is not read */

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

struct rule {
	size_t line; /* of the file */
	enum rules_stage stage;
	/* Patterns, as fnmatch(3) has them; NULL matches everything. */
	const char *client, *helo, *user, *from, *to;
	const char *mailbox;               /* a name, in any case */
	const char *label;                 /* who made it; no condition */
	uint64_t first, after, nth, every; /* 0: not asked for */
	uint64_t rate, window_s;           /* rate 0: not asked for */
	uint64_t percent;                  /* of all, evenly spread; or 0 */
	char per;                          /* 'c', 'f', 't', 'u' or 0 */
	/* What to do. */
	int64_t delay_ms;
	const char *reply; /* "CODE TEXT", or NULL */
	bool drop;
	uint64_t drop_after; /* bytes of the body; stage data only */
};

/*
 * Parse one line, which it keeps pieces of and cuts into strings.  Returns 1,
 * 0 for an empty line or a comment, or -1 with *why in words (of this call),
 * which name the word at fault and what could stand there.
 */
int rules_parse(char *line, struct rule *, const char **why);

/*
 * The word for a stage, as it stands in a rule.
 */
const char *rules_stage_name(enum rules_stage);

#endif

/*
 * rules.h - faults on purpose, from a file of rules (mail/rule.h), always the
 * same for the same conversation: for people who test what sends mail.
 *
 * The first rule that matches decides.  Rules of the Maildir (RULES_FILE),
 * which may be changed while the server runs, come before those of --rules.
 * Counts live in memory that all children of a master share, so they go on
 * from one connection to the next; those of the Maildir's rules begin anew
 * when that file is changed.
 */
#ifndef RULES_H
#define RULES_H

#include "bytes/slice.h"
#include "mail/rule.h"

#define RULES_KEYS_MAX 4096 /* counts kept, with per= */

/* What is known of the conversation at this stage; unknown is empty. */
struct rules_case {
	enum rules_stage stage;
	struct slice client, helo, user, from, to;
	struct slice mailbox; /* the folder of to, by its name */
};

/*
 * Read the rules, in place of those there were; counts begin anew.  For the
 * master, before the first fork.  A fault is die(EXIT_CONFIG) with the line.
 */
void rules_load(const char *path);

/*
 * Before the first fork: make what is shared of the Maildir's rules.
 */
void rules_prepare(void);

/*
 * A conversation begins: look at RULES_FILE below this directory.  A line that
 * is no rule is left out, and said in the log; a file that is not there, too
 * long or no regular one is no rules.
 */
void rules_look(int maildir);

/*
 * Which rule decides this case?  Counts it.  NULL: none, go on as usual.
 */
const struct rule *rules_ask(const struct rules_case *);

#endif

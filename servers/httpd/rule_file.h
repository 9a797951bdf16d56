/*
 * rule_file.h - one of the files _headers and _redirects: its text, and the
 * rules that a parser found in it.
 *
 * Read anew when it has changed.  A line that is wrong is passed over, and told
 * in the log with its number: at the start, and by the first process that sees
 * that the file has changed.
 */
#ifndef RULE_FILE_H
#define RULE_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "httpd/target.h"

#define RULE_FILE_MAX (1 << 20) /* bytes; of a larger one nothing holds */

struct rule_file {
	const char *name; /* "_headers" */
	/* Take one line, without its end.  Returns NULL, or what is wrong. */
	const char *(*line)(struct slice line);
	/* Forget what there is. */
	void (*clear)(void);
	struct stat st; /* of what was read; st_ino 0: there is none */
	bool fresh;     /* it may change again unseen */
	/* Of the site, when it had no such name; st_ino 0: not known. */
	struct stat folder;
	struct buf text;
};

/*
 * Read the site's before there are targets.  What is wrong with it is told, but
 * not once more (told) where the process that made this one has said it.
 */
void rule_file_prepare(struct rule_file *, bool told);

/*
 * See to it that what is known is what the file at the top of the target's host
 * says now.  again: a request has had a look at the other file when it began,
 * and whether a name came into the folder since then is not asked once more.
 */
void rule_file_look(struct rule_file *, const struct target *, bool again);

#endif

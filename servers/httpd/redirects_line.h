/*
 * redirects_line.h - one line of _redirects.  Pure, for redirects.c.
 */
#ifndef REDIRECTS_LINE_H
#define REDIRECTS_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "httpd/rule_pattern.h"

struct redirect {
	struct slice host; /* of https://host/from; empty: any */
	struct slice from;
	struct slice query; /* the words name=value between from and to */
	struct slice to;
	int status;
	bool forced;
	struct slice languages; /* "de,fr"; p is NULL: any */
};

/*
 * The next word of a line.  Returns whether there is one.
 */
bool redirects_word(struct slice *rest, struct slice *word);

/*
 * Take a line: a rule is added to the *n in *rules, which grow by realloc(3); it
 * points into the line.  Returns NULL, or what is wrong, a constant.
 */
const char *redirects_line(
    struct slice line, struct redirect **rules, size_t *n);

#endif

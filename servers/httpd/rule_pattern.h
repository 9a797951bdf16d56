/*
 * rule_pattern.h - the patterns of _headers and _redirects: plain text, ":name"
 * for what stands in one segment, and one "*" for any rest.
 *
 * Pure.  Paths are decoded and normalised, and patterns are decoded as they are
 * compared ("%20", and "%2A" for a star that is one); a slash at their end says
 * nothing.
 */
#ifndef RULE_PATTERN_H
#define RULE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

#define RULE_NAMES_MAX 10 /* placeholders in one rule, "splat" among them */

/* What the placeholders stand for. */
struct rule_match {
	size_t n;
	struct slice name[RULE_NAMES_MAX];
	struct slice value[RULE_NAMES_MAX];
};

/*
 * Is it a pattern?  Returns NULL, or what is wrong with it, a constant.
 */
const char *rule_pattern_check(struct slice pattern);

/*
 * Does the path fit the pattern, which has been checked?  What the placeholders
 * stand for is added to the match; it points into both.
 */
bool rule_pattern_fits(
    struct slice pattern, struct slice path, struct rule_match *);

/*
 * Add one more, if there is room.
 */
bool rule_match_add(struct rule_match *, struct slice name, struct slice value);

/*
 * Add text to the buf, with the values, percent-encoded, in place of the names
 * that are known.  Behind a "?" nothing of a value ends it ("&", "=", "+").
 */
void rule_match_fill(
    struct buf *, struct slice text, const struct rule_match *);

#endif

/*
 * parts.h - does a reply hold what the file on the shelf holds?
 */
#ifndef PARTS_H
#define PARTS_H

#include <stdbool.h>

#include "bytes/slice.h"
#include "fuzzrig/replies.h"

/*
 * A reply about a file, whole or in parts (206): all of it, or each part, must
 * be what it says.  tag stands behind each page of HTML.
 */
void parts_check(const struct answer *, bool to_head, struct slice tag);

#endif

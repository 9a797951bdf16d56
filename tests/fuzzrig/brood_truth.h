/*
 * brood_truth.h - what a child of ours can say, and how it can end, by what it
 * was handed: the rules of master/permit.c in other words, to hold the two
 * against each other.
 */
#ifndef BROOD_TRUTH_H
#define BROOD_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "child/child.h"
#include "fuzzrig/brood.h"

/* What it was handed. */
enum { BROOD_STREAM, BROOD_DATAGRAM, BROOD_PROXIED, BROOD_KEPT, BROOD_KINDS };

/*
 * May it say these n bytes, when a child serves most connections (0: no end)?
 */
bool brood_may_say(const struct brood *, const struct child_client *said,
    size_t n, uint64_t most);

/*
 * May it leave with this code?
 */
bool brood_may_end(const struct brood *, int code);

#endif

/*
 * helper_main.h - how the main() of a helper program begins: its log, its
 * options, and whether a server has started it.
 */
#ifndef HELPER_MAIN_H
#define HELPER_MAIN_H

#include <stdbool.h>

#include "system/args.h"

/*
 * Where its words go, its options, and from then on what -q wants: *quiet is
 * where that option puts it.  Returns as args_parse().
 */
int helper_begin(const struct args *, const bool *quiet, int argc, char **argv);

/*
 * Has a server left it what it works by (IMAGE_HELPER_FD)?  Who starts it by
 * hand is told that they need not; that ends it.
 */
void helper_is_started(void);

#endif

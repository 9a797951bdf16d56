/*
 * chance.h - OpenSSL's chance, the same each time.
 *
 * What is fuzzed must do the same for the same input, also where it makes
 * nonces and names of sessions.
 */
#ifndef CHANCE_H
#define CHANCE_H

#include <stdint.h>

/*
 * From now on it is what follows from this number, and from it alone.
 */
void chance_begin(uint64_t from);

#endif

/*
 * persist.h - what a client that has taken a child over might do to it, so
 * that the next client meets something of it: for the server with planted
 * faults (faulty.h), whose child does it to itself.
 */
#ifndef RIG_PERSIST_H
#define RIG_PERSIST_H

#include <stdbool.h>

/*
 * Do what has this name.  Returns "done" or "refused", as a line; or does not
 * return.  NULL: there is no such name.
 */
const char *persist_try(const char *name);

/*
 * Names, one after the other, then NULL; does this one end the process?
 */
const char *persist_name(unsigned n);
bool persist_ends(unsigned n);

/*
 * persist_registers.c: "pristine", or which registers are not as at the start
 * of a program; as a line.
 */
const char *persist_registers(void);

#endif

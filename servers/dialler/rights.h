/*
 * rights.h - the sandbox of the dialler.
 *
 * Apart from dialler.h, whose calls are of another kind.  Called by lines.c;
 * a test counts.
 */
#ifndef DIALLER_RIGHTS_H
#define DIALLER_RIGHTS_H

#include <stddef.h>

/*
 * From now on only what lines.c does, and TCP to the ports of the places.
 * Returns 0, or -1 with errno.
 */
int dialler_confine(void);

/*
 * How many system calls that leaves, and how many of them with certain
 * arguments only.
 */
size_t dialler_calls(size_t *judged);

/*
 * The part of it that Landlock does.  Returns as dialler_confine().
 */
int dialler_enclose(void);

#endif

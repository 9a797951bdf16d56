/*
 * shelf.h - a small site whose every byte is known.
 *
 * No two files are of the same size, so a size names a file.
 */
#ifndef SHELF_H
#define SHELF_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/slice.h"

/* What only these files hold; nobody comes upon it by chance. */
#define SHELF_OUTSIDE "<7x!outside!q>" /* a file beside the site */
#define SHELF_HIDDEN  "<7x!hidden!q>"  /* files whose names say so */

/*
 * Make it.  Returns its path.
 */
const char *shelf_make(void);

/*
 * Are these the bytes from first on of the file of this size?
 */
bool shelf_holds(uint64_t size, uint64_t first, struct slice bytes);

/*
 * The directory at the top in which the file of this size stands; empty: none.
 */
struct slice shelf_room(uint64_t size);

#endif

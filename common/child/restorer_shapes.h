/*
 * restorer_shapes.h - pages that children have in common, and how the same
 * page of one child differs from them.
 *
 * Children are forked by one zygote, or master, at different times.  Most of their pages
 * are equal, and most others differ in a few words: a pid, a descriptor, an
 * address on the stack.  So a page is kept as its shape, which goes where all
 * children can copy it from (pristine.h), and those words, which stand in the
 * list that the child goes by (restore_point.h).  What differs more is another
 * shape, up to a few for one address; what differs from all of these is kept
 * for that child alone, and is nothing that others can read.
 */
#ifndef RESTORER_SHAPES_H
#define RESTORER_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "child/restore_point.h"

#define SHAPES_PAGE  ((size_t)4096)
#define SHAPES_WORDS (SHAPES_PAGE / sizeof(uint64_t))

struct pristine;
struct shape;

/* One page of one child; all zeros in itself: a page of zeros. */
struct shaped {
	struct shape *shape; /* NULL: zeros */
	struct restore_copy *word;
	size_t words; /* that differ from it, and no more */
};

/*
 * What children have in common goes here from now on.
 */
void shapes_keep_in(struct pristine *);

/*
 * Learn what is at this address.  Returns 0 or -1.
 */
int shapes_learn(
    struct shaped *, uint64_t at, const uint64_t page[SHAPES_WORDS]);

/*
 * Is there anything but zeros?
 */
bool shapes_has(const struct shaped *);

/*
 * The page as it was learned.
 */
void shapes_write(const struct shaped *, uint64_t page[SHAPES_WORDS]);

/*
 * Add to a list with room for so many what makes a child write that page by
 * itself.  Returns how many lines that is, 0 if it cannot.
 */
size_t shapes_list(
    const struct shaped *, uint64_t at, struct restore_copy *, size_t room);

/*
 * Free what this child had alone.
 */
void shapes_forget(struct shaped *);

#endif

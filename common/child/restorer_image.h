/*
 * restorer_image.h - the memory of a child before its first client, and the
 * way back to it.
 *
 * Only what the child can write and what is its own counts: private mappings
 * with the right to write.  Which of their pages have been written since the
 * child was forked is asked of the kernel (/proc/PID/pagemap): a page that no
 * other process has mapped.  What is still shared with the zygote or with
 * siblings has not been written, and what is still the file's neither.  To ask
 * costs more than all else, so it is not asked again unless the process had a
 * page fault (restorer_stat.h): a page that is its own and may be written
 * makes none, and there is no other way to one (no call that maps or protects
 * memory, no huge page, no second thread, nobody else who writes in it).
 * Children's memory is nearly alike, so pages are kept once for all of them
 * (restorer_shapes.h).
 */
#ifndef RESTORER_IMAGE_H
#define RESTORER_IMAGE_H

#include <stddef.h>
#include <stdint.h>

struct image;

/* A client that has touched more than so many pages beyond what was there is
 * not tidied up after: its process goes. */
#define IMAGE_MOST 512

/*
 * Learn it, from the files of a child that waits.  Returns NULL with errno if
 * that cannot be done, ENOTSUP if there is memory that could not be put back.
 */
struct image *image_take(int mem, int pagemap, int maps);

/*
 * Put it back: what can be copied from the store is put on the list of what
 * the child copies itself when it goes on (restore_point.h), the rest is
 * written.  Returns 0, or -1 if that is not how it is again.  faults is what
 * the kernel has counted of it, of all kinds: if that is what it was the last
 * time, then no other pages can have been written than then, and the kernel is
 * not asked which.
 */
int image_put_back(struct image *, uint64_t faults, int mem, int pagemap);

/*
 * Forget it; NULL is fine.
 */
void image_free(struct image *);

#endif

/*
 * place.h - a directory of its own for a test.
 */
#ifndef RIG_PLACE_H
#define RIG_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes/buf.h"

/*
 * Make a fresh empty directory (mode 0755) and return its absolute path, which
 * stays good.  It is removed with all that is in it when the test ends,
 * however it ends.
 */
const char *rig_place(void);

/*
 * A string that stays good: a copy of this one; DIR/NAME.
 */
const char *rig_keep(const char *text);
const char *rig_in(const char *dir, const char *name);

/*
 * Write a file, making directories on the way; rig_file a string.  Return
 * its path, as rig_in.  End the test on failure.
 */
const char *rig_file(const char *dir, const char *name, const char *text);
const char *rig_file_bytes(
    const char *dir, const char *name, const void *, size_t n);

/*
 * A file of n bytes in which every byte depends on its place (see
 * rig_pattern), to find what was lost, doubled or swapped.
 */
const char *rig_file_pattern(const char *dir, const char *name, size_t n);
char rig_pattern(size_t place);

/*
 * Are these the bytes of such a file from there on?
 */
bool rig_is_pattern(struct slice, size_t from);

/*
 * Set when DIR/NAME was last modified, in seconds since 1970.  When it was last
 * changed cannot be set.  End the test on failure.
 */
void rig_touch(const char *dir, const char *name, int64_t seconds);

/*
 * Append a whole file to buf.  Returns 0, or -1 when it cannot be read or does
 * not fit.
 */
int rig_slurp(const char *path, struct buf *);

/*
 * Wait until a file has this text in it.
 */
bool rig_reads(const char *path, const char *text);

/*
 * A process that ends together with the test, however the test ends, and then
 * runs a line of sh with $1 set.  For guards such as this one's.  Returns the
 * descriptor that holds it off; rig_guard_leave lets it go without running.
 */
int rig_guard(const char *line, const char *argument, pid_t *guard);
void rig_guard_leave(int hold, pid_t guard);

#endif

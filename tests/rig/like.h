/*
 * like.h - is a text as a pattern of lines says?
 */
#ifndef RIG_LIKE_H
#define RIG_LIKE_H

#include <stdbool.h>

/*
 * In a line of should, "..." stands for anything; alone in a line, for any
 * lines, also none.  CR before LF in the text does not count, and neither
 * does a missing LF at its very end.
 */
bool rig_like(const char *should, const char *is);

#endif

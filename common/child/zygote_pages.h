/*
 * zygote_pages.h - what of the program's and libc's pages children find mapped.
 * For the zygote.
 */
#ifndef ZYGOTE_PAGES_H
#define ZYGOTE_PAGES_H

#include <stdbool.h>

/*
 * Before it enters the sandbox: see pages_own().  Of the program's code it is
 * what all children run (system/hot.ld); prints: what they say goes through
 * printf(3), which is ten pages.
 */
void zygote_pages_own(bool prints);

/* Before it forks. */
void zygote_pages_map(void);

#endif

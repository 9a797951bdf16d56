/*
 * zygote_pages.h - what of the program's and libc's pages children find mapped.
 * For the zygote.
 */
#ifndef ZYGOTE_PAGES_H
#define ZYGOTE_PAGES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Before it enters the sandbox: see pages_own().  last lies behind the code of
 * all that a child runs; prints: what it says goes through printf(3), which is
 * ten pages.
 */
void zygote_pages_own(uintptr_t last, bool prints);

/* Before it forks. */
void zygote_pages_map(void);

#endif

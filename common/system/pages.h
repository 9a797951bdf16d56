/*
 * pages.h - which pages of a program's files fork(2) hands on.
 *
 * A mapping of a file that nothing was ever written to is empty in a child: its
 * first step into each part of the code is a page fault, which maps the pages
 * around it as well, wanted or not.  Where something was written fork(2)
 * copies what is mapped.  So one byte of each such mapping is written (with
 * what is there), and mapped is what children are known to use, no more: a
 * page costs at birth and at death, whether it is used or not.
 *
 * For the zygote alone.
 */
#ifndef PAGES_H
#define PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * For a variable that every child writes.  Such ones lie together, for a child
 * pays by the page.
 */
#define PAGES_TOGETHER __attribute__((section("together")))

/* The same for a large one, of which mostly the beginning is written: behind
 * the small ones, which it would hold apart. */
#define PAGES_LARGE __attribute__((section("together_large")))

/* Code, or what is only read. */
struct pages_used {
	uintptr_t at; /* its address */
	size_t n;     /* bytes; 0: the page that at is in, and whatever the
		   * kernel maps around it */
};

/* In place of n: what pages_learn() saw touched of the mapping that at is in,
 * else all that was ever mapped of it. */
#define PAGES_WATCHED SIZE_MAX

/*
 * Before the sandbox: write to the mappings that these lie in.  Where that
 * cannot be done, all is as it was.
 */
void pages_own(const struct pages_used *, size_t n);

/*
 * After that: have a process of its own do something, and see which pages it
 * touches between watch(true) and watch(false).  In between nothing in these
 * mappings may be given to a system call.  Where that cannot be seen (who may
 * not make memory executable cannot take the right away for a moment either),
 * all is as without it.
 */
void pages_learn(void (*deed)(void (*watch)(bool)));

/*
 * In the sandbox, before the first fork: map these, and of those mappings nothing
 * else.
 */
void pages_map(const struct pages_used *, size_t n);

#endif

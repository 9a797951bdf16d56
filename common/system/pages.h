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

/* In place of n: what is touched of the mapping that at is in, between
 * pages_watch(true) and pages_watch(false). */
#define PAGES_WATCHED SIZE_MAX

/*
 * Before the sandbox: write to the mappings that these lie in.  Where that
 * cannot be done, all is as it was.
 */
void pages_own(const struct pages_used *, size_t n);

/*
 * After that, as often as is wanted: begin, or cease, to see which pages are
 * touched.  In between nothing in these mappings may be given to a system call,
 * and SIGSEGV is taken.
 */
void pages_watch(bool on);

/*
 * In the sandbox, before the first fork: map these, and of those mappings nothing
 * else.
 */
void pages_map(const struct pages_used *, size_t n);

#endif

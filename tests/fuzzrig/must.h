/*
 * must.h - a property of what is fuzzed: it holds, or the input is kept.
 */
#ifndef MUST_H
#define MUST_H

#include <stdio.h>
#include <stdlib.h>

#define must(holds) \
	((holds) ? (void)0 : must_not_be(__FILE__, __LINE__, #holds))

static inline void
must_not_be(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}

#endif

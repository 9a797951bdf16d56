/*
 * harmless.h - what reaches a terminal: nothing in it steers one.
 */
#ifndef HARMLESS_H
#define HARMLESS_H

#include "bytes/ascii.h"
#include "bytes/slice.h"
#include "fuzzrig/must.h"
#include "grammar/escape.h"

/* UTF-8, without control characters of C0 and C1. */
static inline void
must_be_harmless(struct slice s)
{
	while (s.n > 0) {
		size_t n = escape_utf8(s);

		must(n > 0 && !ascii_is(s.p[0], ASCII_CTL));
		must(n != 2 || (unsigned char)s.p[0] != 0xc2 ||
		    (unsigned char)s.p[1] >= 0xa0);
		s = slice_from(s, n);
	}
}

#endif

/*
 * site_rules.c - lines of _redirects, and paths against their patterns.
 *
 * The first byte says how long the path is; the lines follow it.  A rule that is
 * taken holds what its line says, and what comes of it stays on this site where
 * it begins with "/".
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzzrig/must.h"
#include "httpd/redirects_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static bool
lies_in(struct slice part, struct slice all)
{
	return part.n == 0 ||
	    (part.p >= all.p && part.p + part.n <= all.p + all.n);
}

static void
try_path(const struct redirect *r, struct slice path)
{
	struct rule_match m = { 0 };
	struct buf b;

	if (!rule_pattern_fits(r->from, path, &m))
		return;
	must(m.n <= RULE_NAMES_MAX);
	for (size_t i = 0; i < m.n; i++)
		must(lies_in(m.value[i], path));
	buf_init(&b, 1 << 20);
	rule_match_fill(&b, r->to, &m);
	for (size_t i = 0; i < b.n; i++)
		must(b.p[i] != '\r' && b.p[i] != '\n' && b.p[i] != ' ');
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = { (const char *)data, size }, path, rest;
	struct redirect *rules = NULL;
	size_t n = 0;

	if (size < 2 || size > 4096 || data[0] + 1U > size)
		return 0;
	path = (struct slice){ all.p + 1, data[0] };
	rest = slice_from(all, data[0] + 1U);
	if (path.n == 0 || path.p[0] != '/')
		return 0;
	while (rest.p != NULL) {
		struct slice line = slice_cut(&rest, '\n');
		size_t before = n;
		const char *why = redirects_line(line, &rules, &n);

		must(why == NULL ? n <= before + 1 : n == before);
		if (n == before)
			continue;
		/* An address without a path means all of the host. */
		must(lies_in(rules[before].from, line) ||
		    slice_is(rules[before].from, "/"));
		must(lies_in(rules[before].to, line));
		try_path(&rules[before], path);
	}
	free(rules);
	return 0;
}

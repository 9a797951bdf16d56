/*
 * sandbox_count.c - how many system calls each process has: counts them, and
 * holds README.md to it.  "make check T=sandbox_count V=1" shows the table.
 */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/buf.h"
#include "dialler/rights.h"
#include "keeper/keeper.h"
#include "rig/place.h"
#include "sandbox/calls.h"
#include "sandbox/seccomp.h"

#define CALLS 2048

#if defined(__SANITIZE_ADDRESS__) || !defined(__x86_64__)
#define COMPARED 0 /* another table */
#else
#define COMPARED 1
#endif

static const struct {
	const char *who;
	unsigned needs;
} rows[] = {
	{ "a site", SANDBOX_NEEDS_ABORT },
	{ "a site with `--live`",
	    SANDBOX_NEEDS_ABORT | SANDBOX_NEEDS_WATCH | SANDBOX_NEEDS_LOCK },
	{ "mail, or a site with `--upload`",
	    SANDBOX_NEEDS_ABORT | SANDBOX_NEEDS_WRITE },
	{ "the inbox",
	    SANDBOX_NEEDS_ABORT | SANDBOX_NEEDS_WRITE | SANDBOX_NEEDS_WATCH |
		SANDBOX_NEEDS_LOCK },
};

struct count {
	size_t allowed, judged; /* of these, only with some arguments */
};

/* Allowed at all; and only with some arguments. */
static struct count
count(const struct call *calls, size_t n, unsigned needs)
{
	bool yes[CALLS] = { false }, some[CALLS] = { false };
	struct count c = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (calls[i].answer != CALL_YES ||
		    (needs & calls[i].needs) != calls[i].needs ||
		    (needs & calls[i].not_with) != 0)
			continue;
		yes[calls[i].number] = true;
		some[calls[i].number] = calls[i].args > 0;
	}
	for (size_t nr = 0; nr < CALLS; nr++) {
		c.allowed += yes[nr];
		c.judged += yes[nr] && some[nr];
	}
	return c;
}

static void
check(const char *readme, const char *who, struct count c)
{
	char line[128];

	snprintf(line, sizeof line, "| %s | %zu | %zu |\n", who, c.allowed,
	    c.judged);
	fputs(line, stderr);
	cr_expect(!COMPARED || strstr(readme, line) != NULL,
	    "README.md has not the line %s", line);
}

Test(sandbox_count, readme_says_how_many)
{
	struct buf b;
	struct count c;

	buf_init(&b, 1 << 20);
	cr_assert_eq(rig_slurp("README.md", &b), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(buf_str(&b), rows[i].who,
		    count(sandbox_calls, sandbox_call_count, rows[i].needs));
	check(buf_str(&b), "the logger",
	    count(sandbox_logger_calls, sandbox_logger_count, 0));
	check(buf_str(&b), "the restorer",
	    count(sandbox_restorer_calls, sandbox_restorer_count, 0));
	c.allowed = keeper_calls(&c.judged);
	check(buf_str(&b), "the key keeper", c);
	c.allowed = dialler_calls(&c.judged);
	check(buf_str(&b), "the dialler", c);
	buf_free(&b);
}

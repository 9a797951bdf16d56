/*
 * readme.c - the figures that README.md has of limits are those of the program.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "bytes/buf.h"
#include "conn/conn.h"
#include "conn/dial.h"
#include "dialler/dialler.h"
#include "grammar/log_line.h"
#include "master/pool.h"
#include "relay/relay.h"
#include "rig/place.h"
#include "sandbox/sandbox.h"
#include "smtpd/store.h"

static const struct {
	const char *before;
	long long figure;
	const char *after;
} rows[] = {
	{ "use ", SANDBOX_CPU_S, " s of processor time and " },
	{ " and ", (long long)(SANDBOX_DATA_MAX >> 20), " MiB of memory" },
	{ " made, as any of its clients has, ", DIAL_AT_ONCE, " at once" },
	{ " at once (of 1,0", CALLS_MAX - 1000, " of all)" },
	{ "one of more than ", LOG_LINE_MAX >> 10, " KiB" },
	{ "connection makes ", STORE_FOLDERS_EACH, " folders at most" },
	{ "all together ", STORE_FOLDERS_MAX / 1000, ",000" },
};

/* Figures that stand there as words. */
_Static_assert(CONN_WRONG_PASSWORDS == 3, "three wrong ones end a connection");
_Static_assert(RELAY_JOBS_MAX == 8, "they share eight places");
_Static_assert(POOL_LIFE_MS == 86400000, "more than a day");

Test(readme, has_the_figures_of_the_program)
{
	char words[256];
	struct buf b;

	buf_init(&b, 1 << 20);
	cr_assert_eq(rig_slurp("README.md", &b), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(words, sizeof(words), "%s%lld%s", rows[i].before,
		    rows[i].figure, rows[i].after);
		cr_expect_not_null(strstr(buf_str(&b), words),
		    "README.md has not \"%s\"", words);
	}
	buf_free(&b);
}

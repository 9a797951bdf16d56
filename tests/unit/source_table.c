/*
 * source_table.c - what the master knows of clients' addresses is not handed
 * on to those who talk to clients.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "master/sources.h"

/* How many mappings a child would not have. */
static int
not_handed_on(void)
{
	FILE *maps = fopen("/proc/self/smaps", "re");
	char line[512];
	int n = 0;

	cr_assert_not_null(maps);
	while (fgets(line, sizeof(line), maps) != NULL)
		n += strncmp(line, "VmFlags:", 8) == 0 &&
		    strstr(line, " dc") != NULL;
	fclose(maps);
	return n;
}

Test(source_table, no_child_has_them)
{
	int before = not_handed_on();
	struct sources *t = sources_new(512, 65536);

	cr_assert_not_null(t);
	cr_expect_gt(not_handed_on(), before);
	sources_free(t);
	cr_expect_eq(not_handed_on(), before);
}

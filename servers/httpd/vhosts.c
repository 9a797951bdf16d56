/*
 * vhosts.c - the hosts that have a directory of their own, by name.
 *
 * Who is served from which is target.c's; this is for certificates.
 */
#include "httpd/vhosts.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bytes/ascii.h"
#include "bytes/slice.h"

/* The name of a host, as target.c looks for it, and no address. */
static int
is_host(const struct dirent *e)
{
	struct slice name = slice_of(e->d_name);
	bool letter = false;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (ascii_is(c, ASCII_ALPHA) && c == ascii_lower(c))
			letter = true;
		else if (!ascii_is(c, ASCII_DIGIT) && c != '-' && c != '_' &&
		    (c != '.' || i == 0))
			return 0;
	}
	return letter && !slice_is(name, "default") &&
	    (e->d_type == DT_DIR || e->d_type == DT_LNK ||
		e->d_type == DT_UNKNOWN);
}

const char *const *
vhosts_list(const char *dir, size_t *count)
{
	static const char *hosts[VHOSTS_MAX];
	struct dirent **found = NULL;
	int n = scandir(dir, &found, is_host, alphasort);

	*count = 0;
	for (int i = 0; i < n; i++) {
		char *host = i < VHOSTS_MAX ? strdup(found[i]->d_name) : NULL;

		if (host != NULL)
			hosts[(*count)++] = host;
		free(found[i]);
	}
	free(found);
	return hosts;
}

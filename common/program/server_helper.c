/*
 * server_helper.c - the helpers that a server has beside those that its
 * program lists.
 */
#include "program/server_helper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "system/fdpass.h"
#include "system/io.h"
#include "system/log.h"

#define HELPERS_MOST 8

void
server_helper_add(struct server *s, const struct helper_offer *offer)
{
	static struct helper_offer all[HELPERS_MOST];

	if (s->helper_count == HELPERS_MOST)
		bug("more than %d helpers", HELPERS_MOST);
	for (size_t i = 0; i < s->helper_count; i++)
		all[i] = s->helpers[i];
	all[s->helper_count++] = *offer;
	s->helpers = all;
}

void
server_helper_line(const char *name, int *ours, int *its)
{
	int ends[2];

	if (fdpass_pair(ends) < 0)
		die(EXIT_OSERR, "the %s: %s", name, strerror(errno));
	*ours = io_move_high(ends[0]);
	*its = io_move_high(ends[1]);
	if (*ours < 0 || *its < 0)
		die(EXIT_OSERR, "the %s: %s", name, strerror(errno));
}

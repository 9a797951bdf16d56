/*
 * server_master.c - a server's process becomes the master.
 */
#include "program/server_master.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "master/master.h"
#include "program/card.h"
#include "sandbox/privdrop.h"
#include "sandbox/sandbox.h"
#include "system/beside.h"
#include "system/io.h"
#include "system/log.h"

#define RIGHT(cap) (UINT64_C(1) << (cap))

/* The files that this program came from, so that a reload finds a new one. */
static void
find_own(struct master_plan *plan)
{
	static char path[PATH_MAX], image[PATH_MAX];

	if (beside_program(path, sizeof(path)) < 0 ||
	    beside_image(image, sizeof(image)) < 0)
		die(EXIT_OSERR, "/proc/self/exe: %s", strerror(errno));
	plan->path = path;
	plan->image = image;
}

/*
 * Of root's rights the master needs: to make children another user's and to
 * end them, to find its program again; where it opens a log, to do so in
 * others' directories.  The next image starts with all of them.
 */
static void
keep_rights(const struct server *s)
{
	uint64_t needed = RIGHT(CAP_KILL) | RIGHT(CAP_SETUID) |
	    RIGHT(CAP_SETGID) | RIGHT(CAP_SETPCAP) | RIGHT(CAP_DAC_READ_SEARCH);

	if (strcmp(s->options.access_log, "-") != 0 &&
	    strcmp(s->options.access_log, "off") != 0)
		needed |= RIGHT(CAP_DAC_OVERRIDE);
	if (privdrop_keep(needed) < 0)
		log_warn("capabilities: %s", strerror(errno));
}

int
server_master(struct server *s, const struct child_setup *setup,
    struct listeners *ls, int reload_state, char **argv)
{
	struct master_plan plan = { .server = s,
		.listeners = ls,
		.setup = *setup,
		.argv = argv,
		.reloaded = reload_state >= 0,
		.reload_state = reload_state,
		.announced = card_show };

	find_own(&plan);
	if (plan.reloaded)
		plan.reload_state = io_move_high(reload_state);
	plan.setup.first_private = io_draw_line();
	if (plan.setup.first_private < 0)
		die(EXIT_OSERR, "/dev/null: %s", strerror(errno));
	if (ls->n == 0)
		listeners_open(ls, s);
	listeners_note(ls, s);
	if (!plan.reloaded)
		card_make(s, ls);
	keep_rights(s);
	log_info("sandbox: %s", sandbox_summary(setup->sandbox));
	return master_run(&plan);
}

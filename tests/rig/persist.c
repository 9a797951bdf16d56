/*
 * persist.c - attempts to leave something behind in a process, by their names.
 */
#include "rig/persist.h"

#include <stddef.h>
#include <string.h>

#include "rig/mark.h"
#include "rig/persist_inside.h"

static const struct persist_attempt *const all[] = { persist_memory,
	persist_settings, persist_by_registers, NULL };

/* The one of this number, or NULL. */
static const struct persist_attempt *
at(unsigned n)
{
	for (size_t i = 0; all[i] != NULL; i++)
		for (const struct persist_attempt *a = all[i]; a->name != NULL;
		     a++)
			if (n-- == 0)
				return a;
	return NULL;
}

const char *
persist_name(unsigned n)
{
	const struct persist_attempt *a = at(n);

	return a != NULL ? a->name : NULL;
}

bool
persist_ends(unsigned n)
{
	return at(n)->ends;
}

const char *
persist_try(const char *name)
{
	const struct persist_attempt *a;

	for (unsigned i = 0; (a = at(i)) != NULL; i++) {
		size_t n = strlen(a->name);

		if (strncmp(name, a->name, n) == 0 && name[n] == '\n')
			return a->attempt() ? "done\n" : "refused\n";
	}
	return mark_leave(name);
}

/*
 * live_names.c - which names matter to --live, and how much?
 */
#include "httpd/live_names.h"

#include <fnmatch.h>
#include <string.h>

#include "bytes/num.h"
#include "bytes/slice.h"
#include "httpd/target.h"

#define VIM_FIRST 4913 /* vim tries a folder by making a file of this name, */
#define VIM_STEP  123  /* or this further on */

static const struct arg_list *ignored; /* --live-ignore */

void
live_names_ignore(const struct arg_list *globs)
{
	ignored = globs;
}

static bool
is_ignored(const char *name)
{
	for (size_t i = 0; ignored != NULL && i < ignored->n; i++)
		if (fnmatch(ignored->item[i], name, 0) == 0)
			return true;
	return false;
}

static bool
is_vims(struct slice s)
{
	uint64_t n;

	return num_decimal(s, &n) == NUM_OK && n >= VIM_FIRST &&
	    (n - VIM_FIRST) % VIM_STEP == 0;
}

/* What editors keep for themselves; ".#name" even where dots are served. */
static bool
is_private(struct slice s)
{
	return s.p[s.n - 1] == '~' || slice_starts(s, ".#") ||
	    (s.p[0] == '#' && s.p[s.n - 1] == '#') || /* Emacs */
	    slice_ends(s, ".swp") || slice_ends(s, ".swx") ||
	    slice_ends(s, "___jb_tmp___") || slice_ends(s, "___jb_old___") ||
	    is_vims(s);
}

/* Files that no page loads: they go with others, which do count. */
static bool
is_loaded(struct slice s)
{
	static const char *const not_loaded[] = { ".map", ".scss", ".sass",
		".less", ".log", ".tmp", ".part", ".crdownload" };

	for (size_t i = 0; i < sizeof(not_loaded) / sizeof(not_loaded[0]); i++)
		if (slice_ends(s, not_loaded[i]))
			return false;
	return true;
}

static bool
is_served(const char *name)
{
	/* Not at the top: a rule in _headers is news, too. */
	return target_may_show("any/folder", slice_of(name)) ||
	    strcmp(name, ".well-known") == 0;
}

enum live_change
live_names_file(const char *name)
{
	struct slice s = slice_of(name);

	if (s.n == 0 || !is_served(name) || is_ignored(name) || is_private(s) ||
	    !is_loaded(s))
		return LIVE_NOTHING;
	return slice_ends(s, ".css") ? LIVE_STYLE : LIVE_PAGE;
}

bool
live_names_folder(const char *name)
{
	return name[0] != '\0' && is_served(name) && !is_ignored(name) &&
	    strcmp(name, "node_modules") != 0;
}

enum live_change
live_names_more(enum live_change a, enum live_change b)
{
	return a > b ? a : b;
}

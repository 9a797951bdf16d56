/*
 * live_notes.c - what was heard of changes and not yet asked for.
 */
#include "httpd/live_notes.h"

#include <stdio.h>
#include <string.h>

void
live_notes_add(struct live_notes *t, int dir, uint32_t cookie, const char *name,
    enum live_change change)
{
	struct live_note *n;

	if (change == LIVE_NOTHING)
		return;
	if (t->n == LIVE_NOTES_MAX) {
		t->overflow = true;
		return;
	}
	n = &t->at[t->n++];
	*n = (struct live_note){
		.dir = dir, .cookie = cookie, .change = change
	};
	snprintf(n->name, sizeof(n->name), "%s", name);
}

void
live_notes_renamed(struct live_notes *t, uint32_t cookie)
{
	struct live_note from = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].cookie == cookie)
			from = t->at[i];
	if (from.cookie == 0)
		return;
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].dir != from.dir ||
		    strcmp(t->at[i].name, from.name) != 0)
			t->at[kept++] = t->at[i];
	t->n = kept;
}

enum live_change
live_notes_take(struct live_notes *t)
{
	enum live_change seen = t->overflow ? LIVE_PAGE : LIVE_NOTHING;

	for (size_t i = 0; i < t->n; i++)
		seen = live_names_more(seen, t->at[i].change);
	t->n = 0;
	t->overflow = false;
	return seen;
}

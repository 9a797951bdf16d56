/*
 * watch_places.c - which directories are watched, by what inotify calls them.
 */
#include <stdlib.h>
#include <string.h>

#include "indexer/watch_inside.h"

/* Where the place of wd is, or would be. */
static size_t
where(const struct watch *w, int wd)
{
	size_t low = 0, high = w->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (w->places[mid].wd < wd)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct place *
watch_place_of(const struct watch *w, int wd)
{
	size_t i = where(w, wd);

	return i < w->count && w->places[i].wd == wd ? &w->places[i] : NULL;
}

void
watch_forget(struct watch *w, int wd)
{
	size_t i = where(w, wd);

	if (i == w->count || w->places[i].wd != wd)
		return;
	free(w->places[i].folder);
	w->count--;
	memmove(&w->places[i], &w->places[i + 1],
	    (w->count - i) * sizeof(w->places[0]));
}

int
watch_remember(struct watch *w, const struct place *p)
{
	size_t i;

	if (w->count == w->room) {
		size_t room = w->room == 0 ? 16 : 2 * w->room;
		void *more =
		    reallocarray(w->places, room, sizeof(w->places[0]));

		if (more == NULL)
			return -1;
		w->places = more;
		w->room = room;
	}
	i = where(w, p->wd);
	memmove(&w->places[i + 1], &w->places[i],
	    (w->count - i) * sizeof(w->places[0]));
	w->places[i] = *p;
	w->count++;
	return 0;
}

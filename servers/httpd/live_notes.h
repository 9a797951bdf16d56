/*
 * live_notes.h - what was heard of changes and not yet asked for.
 *
 * Many editors write to a file of another name and then rename it: what was
 * noted of that other name is then no news of its own.  Knows names and
 * numbers; used only by live_watch.c.
 */
#ifndef LIVE_NOTES_H
#define LIVE_NOTES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "httpd/live_names.h"

#define LIVE_NOTES_MAX 64

struct live_note {
	int dir;         /* inotify's number of the directory */
	uint32_t cookie; /* of a file that was moved away, else 0 */
	enum live_change change;
	char name[NAME_MAX + 1]; /* empty: of a file that is watched itself */
};

struct live_notes {
	struct live_note at[LIVE_NOTES_MAX];
	size_t n;
	bool overflow; /* there was more: it may have been anything */
};

/*
 * Note a change, if it is one.
 */
void live_notes_add(struct live_notes *, int dir, uint32_t cookie,
    const char *name, enum live_change);

/*
 * What was moved away with this cookie has another name now.
 */
void live_notes_renamed(struct live_notes *, uint32_t cookie);

/*
 * The news, all in all; they are forgotten.
 */
enum live_change live_notes_take(struct live_notes *);

#endif

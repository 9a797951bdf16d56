/*
 * persist_inside.h - attempts, shared by the files of persist.c.
 */
#ifndef RIG_PERSIST_INSIDE_H
#define RIG_PERSIST_INSIDE_H

#include <stdbool.h>

struct persist_attempt {
	const char *name;
	bool (*attempt)(void); /* returns whether the kernel let it */
	bool ends; /* the process, before another client is given to it */
};

/*
 * By subject, and by the files of these names; without a name: the end.
 */
extern const struct persist_attempt persist_memory[];
extern const struct persist_attempt persist_settings[];
extern const struct persist_attempt persist_by_registers[];

/*
 * persist_settings.c: block all signals.
 */
bool persist_block_signals(void);

#endif

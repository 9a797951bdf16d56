/*
 * inside.h - what spawn.c, hear.c and program.c share; not for tests.
 */
#ifndef RIG_INSIDE_H
#define RIG_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct rig {
	struct rig *next; /* all of them, the newest first */
	char name[64];
	pid_t pid;    /* also the number of its process group */
	int out, err; /* files in memory */
	int hold;     /* holds its guard off, or -1 */
	pid_t guard;
	bool ended;
	int status; /* as rig_wait returns it */
	char *out_text, *err_text;
};

/*
 * The newest program started.
 */
extern struct rig *rig_all;

#endif

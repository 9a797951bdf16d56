/*
 * inside.h - what command.c, spawn.c, hear.c and program.c share; not for
 * tests.
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

struct rig_how;

/*
 * What a program is told, into arrays of this size, ended by NULL.
 *
 * argv: as asked, with --no-sandbox behind the name of a server of ours when that
 * is due; whoever starts one through another program (setpriv) names it by its
 * path.  LISTEN_PID must be the program's own number, which is known only once
 * it exists: then it is a shell that becomes the program.
 *
 * env: our environment without what could mislead a server, changed as asked.
 */
#define RIG_MAX_ARGS 128
#define RIG_MAX_ENV  512
void rig_make_argv(
    const struct rig_how *, const char *path, const char *argv[]);
void rig_make_env(const struct rig_how *, char *env[]);

#endif

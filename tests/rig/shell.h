/*
 * shell.h - a line of sh and what comes of it, for tests of whole programs.
 */
#ifndef RIG_SHELL_H
#define RIG_SHELL_H

#include <stdbool.h>

struct rig;

/*
 * Run a line of sh that finds our programs in its PATH, $P as this port, and
 * $U as "http://127.0.0.1:$P".  Its directory is one of its own, the same
 * for all lines of a test.  It must end with this exit code, print exactly
 * out (NULL: anything) on standard output, and something with err in it on
 * standard error (NULL: anything, "": nothing).  False has been explained.
 */
bool rig_sh(unsigned port, const char *line, int code, const char *out,
    const char *err);

/*
 * Only run it (rig_run), or only start it (rig_spawn): look at it yourself.
 */
struct rig *rig_sh_run(unsigned port, const char *line);
struct rig *rig_sh_spawn(unsigned port, const char *line);

/*
 * That directory.
 */
const char *rig_sh_place(void);

#endif

/*
 * refuse.h - start a program on a kernel that lacks something.
 *
 * The test program itself is the launcher: main() calls refuse_main() when
 * refuse_is_asked().  It puts a seccomp filter on itself and becomes the
 * program, which then finds that some system calls fail.
 *
 * CALLS is a list of NAME=ERRNO, or NAME(I:VALUE)=ERRNO where only calls whose
 * argument I has that value fail: "openat2=ENOSYS prctl(0:38)=EPERM".
 */
#ifndef RIG_REFUSE_H
#define RIG_REFUSE_H

#include <stdbool.h>

#include "rig/program.h"

bool refuse_is_asked(void);
int refuse_main(char **argv);

/*
 * rig_start and rig_run under these conditions; argv as there, with up to 12
 * arguments.
 */
struct rig *refuse_start(const char *calls, const char *const argv[]);
struct rig *refuse_run(const char *calls, const char *const argv[]);

/*
 * main() of a test program that is such a launcher and nothing else.
 */
int refuse_or_test(int argc, char **argv);

#endif

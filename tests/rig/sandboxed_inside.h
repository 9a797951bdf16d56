/*
 * sandboxed_inside.h - what the two files of sandboxed.h share.
 */
#ifndef RIG_SANDBOXED_INSIDE_H
#define RIG_SANDBOXED_INSIDE_H

#define SANDBOXED_NOT_READY 254 /* the exit code of an attempt that is none */

/*
 * It cannot be made: says what, with errno, and ends this process.
 */
void sandboxed_not_ready(const char *what);

/*
 * Make the place, and remove it; open what is to be open in it.
 */
void sandboxed_place(void);
void sandboxed_remove(void);
void sandboxed_open(void);

#endif

/*
 * restore_point.h - the three places in the program where a child of
 * --isolation restore waits for its restorer (restorer.h).
 *
 * Each is one system call, which the child's filter turns into a notification
 * of the restorer (sandbox/restored.h): the kernel says from which address it
 * was made, and holds the process, whatever it was told to do, until the
 * restorer answers.  Nothing that the call is made with matters; what follows
 * it takes every register anew: from constants, and from memory that has been
 * put back.
 *
 * Most of that memory the child puts back itself, right behind the call, from
 * a list that the restorer writes into it before it answers.  These are some
 * forty instructions that use no stack and read nothing but the list and what
 * it names, which the child cannot write (pristine.h).  Nor can it go
 * elsewhere from there: it has one thread, no signal with a handler that is
 * not blocked, no restartable sequence, and no way to write in the program's
 * code; what stops it on the way ends it, and no client has been given to it.
 * Used by restore.c and the restorer's files.
 */
#ifndef RESTORE_POINT_H
#define RESTORE_POINT_H

#include <stdbool.h>
#include <stdint.h>

/* Places, and the addresses behind their calls.  RESTORE_WAIT is where no
 * memory is trusted; the two others are calls of a process that is pristine. */
enum restore_place { RESTORE_CAPTURE, RESTORE_WAIT, RESTORE_READY };
#define RESTORE_PLACES 3

/*
 * Where a process goes on that has called the kernel from this place.
 */
uint64_t restore_address(enum restore_place);

/* One line of the list: a page; or one word, where RESTORE_WORD is set in to,
 * and from is that word.  The first one without a destination ends it. */
struct restore_copy {
	uint64_t to, from; /* from 0: zeros */
};
#define RESTORE_WORD   1
#define RESTORE_COPIES 256 /* with the one that ends it: a page, its own */

/*
 * Where the list is in every child, or 0.  It is zeros but while it is used.
 */
uint64_t restore_list_address(void);

/* What the restorer answers; anything else is the kernel's, for there is no
 * restorer any more. */
enum restore_answer {
	RESTORE_NEW = 1,   /* its memory is known now */
	RESTORE_AGAIN = 2, /* it is put back, to where that was done */
	RESTORE_GO = 3,    /* it is idle: the master knows */
};

/*
 * Can this processor be put back so?
 */
bool restore_point_possible(void);

/*
 * The place to be put back to.  Returns RESTORE_NEW the first time; later
 * RESTORE_AGAIN, to whoever called it then; or something else, and then
 * nothing will ever be put back.
 */
int restore_point(void);

/*
 * Be put back.  Without a restorer the process exits with 0.
 */
_Noreturn void restore_wait(void);

/*
 * Say that all is ready.  Returns an enum restore_answer.
 */
int restore_ready(void);

#endif

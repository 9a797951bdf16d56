/*
 * faulty_inside.h - the server with planted faults, shared by the files that
 * make it up: faulty.c asks the others.  What is asked for is in faulty.h.
 */
#ifndef RIG_FAULTY_INSIDE_H
#define RIG_FAULTY_INSIDE_H

#include <stddef.h>

#include "rig/faulty.h"

#define FAULTY_MOST 64 /* bytes of a secret */

/*
 * faulty.c: bytes that are written in hex, up to so many.  Returns how many.
 */
size_t faulty_unhex(const char *text, char *bytes, size_t most);

/*
 * faulty_memory.c: where is there memory to write (asked before the sandbox is
 * entered)?  Keep these bytes, which are masked, or look for them.
 */
void faulty_find_memory(void);
const char *faulty_keep(const char *masked, size_t n);
const char *faulty_scan(const char *masked, size_t n);

/*
 * faulty_ends.c: end in the way of this line, if it is one.
 */
void faulty_end(const char *line);

/*
 * faulty_master.c: the descriptor that leads to the master, or -1; say these
 * letters, or whose client it is; see to it that only SIGKILL ends us; wait.
 */
int faulty_find_control(void);
void faulty_say(const char *words);
const char *faulty_name_client(void);
void faulty_hold_on(void);
_Noreturn void faulty_wait_for_ever(void);

/*
 * faulty_log.c: write bytes that are in hex behind this beginning, or in the
 * name of the master; many lines; what are 0, 1 and 2; spoil them.
 */
const char *faulty_write_words(const char *hex, const char *begin);
const char *faulty_forge(const char *hex);
const char *faulty_flood(void);
const char *faulty_descriptors(void);
const char *faulty_spoil(void);

#endif

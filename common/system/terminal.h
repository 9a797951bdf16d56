/*
 * terminal.h - what the terminal on a descriptor can show.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>

/*
 * Colours?  It is a terminal, no dumb one, and NO_COLOR is not set.
 */
bool terminal_has_colour(int fd);

/*
 * Are its characters written in UTF-8?  The locale says.
 */
bool terminal_is_utf8(void);

#endif

/*
 * mark.h - ways to leave a mark in the memory of a process for the next client
 * to find: those that the restorer might not notice (restorer_image.h), and
 * those that spoil what a process is put back by (restore_point.h).  For the
 * server with planted faults, whose child does it to itself.
 */
#ifndef RIG_MARK_H
#define RIG_MARK_H

/*
 * "WAY PAGE MARK": a way's name, a number of a page below 64, eight bytes in
 * hexadecimal as in the other words of that server.  Returns a line, or does
 * not return.  NULL: it is no such words.
 */
const char *mark_leave(const char *words);

#endif

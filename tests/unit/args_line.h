/*
 * args_line.h - a command line to parse.
 */
#ifndef ARGS_LINE_H
#define ARGS_LINE_H

#include <stddef.h>

#define LINE_WORDS 16

struct line {
	int argc, operands;
	char *argv[LINE_WORDS];
};

static inline struct line
line_of(const char *const *words)
{
	struct line l = { .argc = 1, .argv = { (char *)"berth-test" } };

	for (; *words != NULL; words++)
		l.argv[l.argc++] = (char *)*words;
	return l;
}

#endif

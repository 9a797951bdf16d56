/*
 * show.c - the dialogue shown.
 */
#include "smtp.h"
#include "dialogue.h"

#include <stdio.h>

#include "bytes/ascii.h"

/* A line of the dialogue, as in a textbook. */
void
dialogue_show(const struct dialogue *l, const char *who, struct slice line)
{
	if (!l->o->verbose)
		return;
	fputs(who, stdout);
	for (size_t i = 0; i < line.n; i++)
		putchar(ascii_is(line.p[i], ASCII_CTL) ? '?' : line.p[i]);
	putchar('\n');
	fflush(stdout);
}

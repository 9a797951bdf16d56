/*
 * restorer_stat.c - numbers of /proc/PID/stat (proc(5)).
 */
#include "child/restorer_stat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST 3 /* field behind the name */

enum { MINOR_FAULTS = 10, MAJOR_FAULTS = 12, BLOCKED = 32, CAUGHT = 34 };

/* The name, in brackets, may hold anything. */
static int
split(const char *stat, unsigned long field[CAUGHT + 1])
{
	const char *at = strrchr(stat, ')');
	char *end;

	if (at == NULL || strlen(at) < 4)
		return -1;
	at += 3; /* the state is a letter */
	for (int i = FIRST + 1; i <= CAUGHT; i++, at = end) {
		field[i] = strtoul(at, &end, 10);
		if (end == at)
			return -1;
	}
	return 0;
}

int
restorer_stat_read(int fd, struct restorer_stat *s)
{
	char text[1024];
	unsigned long field[CAUGHT + 1];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return -1;
	text[n] = '\0';
	if (split(text, field) < 0)
		return -1;
	s->faults = field[MINOR_FAULTS] + field[MAJOR_FAULTS];
	s->is_deaf =
	    field[CAUGHT] != 0 && (field[CAUGHT] & ~field[BLOCKED]) == 0;
	return 0;
}

/*
 * logger_child.h - a child that was taken over says something: the server with
 * planted faults, for tests of the log.
 */
#ifndef LOGGER_CHILD_H
#define LOGGER_CHILD_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig/faulty.h"
#include "rig/rig.h"

static const char *const ways[] = { NULL, "--reuse=0", "--exec",
	"--isolation=restore" };
#define WAYS 4

/* Say a line to a faulty child, get one back. */
static inline const char *
ask(int fd, const char *line)
{
	static char answer[256];
	size_t n = 0;

	cr_assert(rig_send(fd, line));
	while (n + 1 < sizeof(answer) && rig_receive(fd, answer + n, 1) == 1 &&
	    answer[n] != '\n')
		n++;
	answer[n] = '\0';
	return answer;
}

static inline const char *
say(int fd, const char *how, const char *bytes)
{
	static char line[2 * 8192 + 16];
	int n = snprintf(line, sizeof(line), "%s ", how);

	for (const char *p = bytes; *p != '\0'; p++)
		n += snprintf(line + n, sizeof(line) - (size_t)n, "%02x",
		    (unsigned)(unsigned char)*p);
	strcat(line, "\n");
	return ask(fd, line);
}

static inline long
pid_of(int fd)
{
	return strtol(ask(fd, "pid\n"), NULL, 10);
}

/* "faulty[PID]: words" and LF are there, at the beginning of a line. */
static inline bool
line_of(struct rig *r, long pid, const char *words)
{
	char line[8192];

	snprintf(line, sizeof(line), "\nfaulty[%ld]: %s\n", pid, words);
	return rig_hear(r, line);
}

#endif

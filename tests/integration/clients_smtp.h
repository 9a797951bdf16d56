/*
 * clients_smtp.h - what the tests of berth-smtp share: a server that says
 * what we like, whatever it hears.
 */
#ifndef CLIENTS_SMTP_H
#define CLIENTS_SMTP_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

/* An SMTP server without any rules: the nth command gets the nth answer. */
struct script {
	const char *const *answers; /* the first is the greeting */
	char heard[600000];
	size_t n;
};

static inline bool
hear_until(int fd, struct script *s, const char *end)
{
	size_t from = s->n, length = strlen(end);

	while (s->n + 1 < sizeof(s->heard) &&
	    recv(fd, s->heard + s->n, 1, 0) == 1) {
		s->heard[++s->n] = '\0';
		if (s->n - from >= length &&
		    memcmp(s->heard + s->n - length, end, length) == 0)
			return true;
		/* An empty message: the line end before the dot is DATA's. */
		if (s->n - from == 3 && length == 5 &&
		    memcmp(s->heard + from, ".\r\n", 3) == 0)
			return true;
	}
	return false;
}

static inline void
play(int fd, void *with)
{
	struct script *s = with;

	for (const char *const *a = s->answers; *a != NULL; a++) {
		if (!rig_try(fd, *a, strlen(*a)))
			return;
		if (!hear_until(
			fd, s, strncmp(*a, "35", 2) == 0 ? "\r\n.\r\n" : "\n"))
			return;
	}
}

#define EHLO_OK "250-x\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 8BITMIME\r\n"
#define OLD_OK  "250 x\r\n"
#define OK      "250 ok\r\n"
#define GO      "354 go\r\n"
#define HI      "220 hi\r\n"
#define BYE     "221 bye\r\n"

/* A line of sh, what comes of it, and what the server says to its commands. */
struct row {
	const char *line;
	int code;
	const char *err;
	const char *answers[16];
	const char *heard; /* somewhere in what the server heard, */
	const char *never; /* and this nowhere, unless it is NULL */
};

/* Its server may not have read yet what a client said before it left. */
static inline bool
has_heard(void *arg)
{
	const void *const *of = arg;
	const struct script *s = of[0];

	return strstr(s->heard, of[1]) != NULL;
}

static inline void
expect_dialogue(size_t i, const struct row *row)
{
	struct script *s = calloc(1, sizeof(*s));
	unsigned port;

	cr_assert_not_null(s);
	s->answers = row->answers;
	port = rig_stand_in(play, s);
	cr_expect(rig_sh(port, row->line, row->code, NULL, row->err),
	    "row %zu: %s", i, row->line);
	cr_expect(rig_within(rig_patience_ms(), has_heard,
		      (void *)(const void *[]){ s, row->heard }),
	    "row %zu: %s\nheard: %s", i, row->line, s->heard);
	if (row->never != NULL)
		cr_expect_null(strstr(s->heard, row->never),
		    "row %zu: %s\nheard: %s", i, row->line, s->heard);
}

#endif

/*
 * conn_pair.h - a conn over one end of a socket pair, for each test anew.
 */
#ifndef CONN_PAIR_H
#define CONN_PAIR_H

#include <criterion/criterion.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/conn.h"

static struct conn c;
static int other;

static inline void
set_up(void)
{
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	conn_init(&c, ends[0], SOCK_STREAM, NULL, 0);
	other = ends[1];
}

static inline void
tear_down(void)
{
	conn_drop(&c);
	close(other);
}

#endif

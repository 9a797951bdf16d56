/*
 * upper_start.h - berth-upperd, and a client that it serves at once.
 */
#ifndef UPPER_START_H
#define UPPER_START_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/rig.h"

#define UPPERD(...) RIG("berth-upperd", "-l", "127.0.0.1:0", __VA_ARGS__)

static inline bool
hello(int fd)
{
	return rig_send(fd, "Hello\n") && rig_expect(fd, "HELLO\n");
}

/* For rig_until(): a server that is at its end is no fault yet. */
static inline bool
is_served(void *arg)
{
	int fd = rig_open(arg, "upper");
	char in[8];
	bool served = send(fd, "Hello\n", 6, MSG_NOSIGNAL) == 6 &&
	    rig_receive(fd, in, sizeof(in)) == 6;

	close(fd);
	return served;
}

static inline void
visit(struct rig *r)
{
	int fd = rig_open(r, "upper 127");

	cr_assert(hello(fd));
	close(fd);
}

#endif

/*
 * scarce.h - the server with planted faults (faulty.h) on a machine that has
 * no more to give: its accept4() and fork() fail as the test says.
 *
 * Both take the place of the library's, so this belongs into one file of
 * a program, whose main() is scarce_or_tests().
 */
#ifndef RIG_SCARCE_H
#define RIG_SCARCE_H

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/place.h"
#include "rig/wait.h"

#define SCARCE "BERTH_SCARCE"

struct scarce_plan {
	atomic_int error; /* errno */
	atomic_int times; /* the next calls that fail so */
};

/* Shared by the test and the server. */
static struct scarce {
	struct scarce_plan accept, fork;
} * scarce;

static inline void
scarce_map(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *at = mmap(
	    NULL, sizeof(*scarce), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		rig_die("%s cannot be shared", path);
	close(fd);
	scarce = at;
}

static inline bool
scarce_fails(struct scarce_plan *p)
{
	if (p->times <= 0)
		return false;
	p->times--;
	errno = p->error;
	return true;
}

int
accept4(int fd, __SOCKADDR_ARG peer, socklen_t *len, int flags)
{
	if (scarce != NULL && scarce_fails(&scarce->accept))
		return -1;
	return (int)syscall(SYS_accept4, fd, peer.__sockaddr__, len, flags);
}

pid_t
fork(void)
{
	if (scarce != NULL && scarce_fails(&scarce->fork))
		return -1;
	return _Fork();
}

/*
 * The next so many calls fail with this errno.
 */
static inline void
scarce_set(struct scarce_plan *p, int error, int times)
{
	p->times = 0;
	p->error = error;
	p->times = times;
}

/*
 * As faulty_start().
 */
static inline struct rig *
scarce_start(const char *const *options)
{
	static const struct scarce none;
	const char *path =
	    rig_file_bytes(rig_place(), "scarce", &none, sizeof(none));

	scarce_map(path);
	setenv(SCARCE, path, 1);
	return faulty_start(options);
}

/*
 * As faulty_or_tests().
 */
static inline int
scarce_or_tests(int argc, char **argv)
{
	if (faulty_is_asked() && getenv(SCARCE) != NULL)
		scarce_map(getenv(SCARCE));
	return faulty_or_tests(argc, argv);
}

#endif

/*
 * faulty_ends.c - ways in which the server with planted faults ends, or makes
 * the master end it.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/child.h"
#include "rig/faulty_inside.h"
#include "system/fdpass.h"

__attribute__((no_sanitize("undefined", "address"))) static void
fault(void)
{
	volatile char *volatile nowhere = NULL;

	/* cppcheck-suppress nullPointer ; this is the point */
	*nowhere = 1; /* NOLINT */
}

static int
/* NOLINTNEXTLINE(misc-no-recursion): this is the point */
overflow(volatile int depth)
{
	volatile char much[4096];

	much[0] = (char)depth;
	if (depth < 0)
		return 0; /* never, but compilers cannot know */
	return overflow(depth + 1) + much[0];
}

static void
use_stack(void)
{
	overflow(0);
}

static void
use_memory(void)
{
	void *last = NULL;

	for (int mib = 0; mib < 1024; mib++) {
		void **one = malloc(1 << 20);

		if (one == NULL)
			abort(); /* what a program without memory does */
		*one = last;
		last = one;
	}
}

static void
call_forbidden(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void
spin(void)
{
	const struct rlimit second = { 1, 2 };
	struct rlimit sandboxed;

	/* Sooner than the sandbox would, if it would. */
	if (getrlimit(RLIMIT_CPU, &sandboxed) == 0 &&
	    sandboxed.rlim_cur != RLIM_INFINITY)
		setrlimit(RLIMIT_CPU, &second);
	for (volatile unsigned n = 0;; n++)
		;
}

static void
hang(void)
{
	/* Sooner than the conn would, if it would. */
	if (alarm(1) == 0)
		alarm(0);
	for (;;)
		sleep(1000);
}

static void
lie(void)
{
	faulty_say("?");
	faulty_wait_for_ever();
}

/*
 * Get as many clients as the master gives.
 */
static void
steal(void)
{
	struct hand_over h;
	int fd;

	for (;;) {
		faulty_say("i");
		if (fdpass_receive(faulty_find_control(), &h, sizeof(h), &fd) <=
		    0)
			faulty_wait_for_ever();
		send(fd, "stolen\n", 7, MSG_NOSIGNAL);
		close(fd);
	}
}

static const struct {
	const char *word;
	void (*act)(void);
} ends[] = { { "segv\n", fault }, { "abort\n", abort },
	{ "stack\n", use_stack }, { "oom\n", use_memory },
	{ "sys\n", call_forbidden }, { "spin\n", spin }, { "hang\n", hang },
	{ "lie\n", lie }, { "steal\n", steal } };

void
faulty_end(const char *line)
{
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (strcmp(line, ends[i].word) == 0)
			ends[i].act();
}

/*
 * crash.c - chaos by death: every way for a child to end badly, over and over.
 * Each is named in the log and costs its own connection: clients of long
 * standing and new ones go on.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "chaos/judge.h"
#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"

#define OTHERS  20 /* clients of long standing */
#define AT_ONCE 100

struct way {
	const char *fault, *word, *said;
	size_t times, at_once;
	bool renews; /* the master takes a new image because of it */
};

static struct rig *r;
static int other[OTHERS];

static int
come(const char *word)
{
	int fd = rig_connect(rig_address(r, FAULTY));

	cr_assert_geq(fd, 0);
	cr_assert(rig_send(fd, word));
	return fd;
}

/* Does this one just lose its connection, and another one nothing? */
static bool
is_survived(int fd, size_t turn)
{
	char byte;
	bool ended = rig_receive(fd, &byte, 1) <= 0;
	int one = other[turn % OTHERS];

	close(fd);
	return ended && rig_send(one, "echo well\n") &&
	    rig_expect(one, "well\n");
}

static void
die_so(const struct way *w)
{
	struct rig_pulse *p;
	size_t survived = 0, named;
	int fd[AT_ONCE];

	r = faulty_start(NULL);
	p = rig_pulse_line(rig_address(r, FAULTY), "echo here\n", "here\n");
	for (int i = 0; i < OTHERS; i++)
		other[i] = come("echo come\n");
	for (int i = 0; i < OTHERS; i++)
		cr_assert(rig_expect(other[i], "come\n"));
	for (size_t done = 0; done < w->times; done += w->at_once) {
		for (size_t i = 0; i < w->at_once; i++)
			fd[i] = come(w->word);
		for (size_t i = 0; i < w->at_once; i++)
			survived += is_survived(fd[i], i);
	}
	cr_expect(rig_hear_times(r, w->said, w->times));
	named = rig_count(r, w->said);
	cr_expect_eq(named, w->times, "%s: %zu named", w->fault, named);
	if (w->renews)
		cr_expect(rig_hear(r, "reloading"));
	judge(w->fault, w->times, survived, p);
	for (int i = 0; i < OTHERS; i++)
		close(other[i]);
	cr_expect_eq(rig_stop(r), 0);
}

#define DIE(test, ...)                                      \
	Test(chaos_crash, test)                             \
	{                                                   \
		die_so(&(const struct way){ __VA_ARGS__ }); \
	}

DIE(fault, "crash: SIGSEGV", "segv\n", "crashed: SIGSEGV", 1000, 1, true)
DIE(abort, "crash: abort()", "abort\n", "crashed: SIGABRT", 1000, 10, true)
DIE(stack, "crash: stack overflow", "stack\n", "crashed: SIGSEGV", 200, 1, true)
DIE(memory, "crash: out of memory", "oom\n", "crashed: SIGABRT", 200, 10, true)
DIE(seccomp, "crash: forbidden system call", "sys\n",
    "forbidden system call (SIGSYS)", 200, 10, true)
DIE(spin, "crash: spins, to its CPU limit", "spin\n", "limit on CPU time", 4, 4,
    true)
DIE(hang, "crash: hangs, to its alarm", "hang\n", "ended by its alarm", 100,
    100, false)

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

/*
 * sandbox_crash.c - a crash costs one connection: every way to end badly is named
 * in the log with its source, and everybody else is served as before.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"
#include "system/clock.h"

#define OTHERS    20
#define CRASHES   1000
#define PROMPT_US 100000L /* median of an answer while others crash */

#define OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
open_others(struct rig *r, int fd[OTHERS])
{
	for (int i = 0; i < OTHERS; i++)
		fd[i] = rig_open(r, FAULTY);
}

/*
 * All others are answered on their connections of long standing.
 */
static bool
others_are_served(const int fd[OTHERS])
{
	for (int i = 0; i < OTHERS; i++)
		if (!rig_send(fd[i], "echo well\n") ||
		    !rig_expect(fd[i], "well\n"))
			return false;
	return true;
}

/*
 * A client makes its child end with this word.  Does it just lose its
 * connection?
 */
static bool
ends(struct rig *r, const char *word)
{
	int fd = rig_open(r, FAULTY);
	char byte;
	bool ended = rig_send(fd, word) && rig_receive(fd, &byte, 1) <= 0;

	close(fd);
	return ended;
}

struct way {
	const char *word, *said;
	bool not_asan;
};

static const struct way ways[] = {
	{ "segv\n", "crashed: SIGSEGV", true },
	{ "abort\n", "crashed: SIGABRT", false },
	{ "stack\n", "crashed: SIGSEGV", true },
	{ "hang\n", "ended by its alarm", false },
	{ NULL, NULL, false },
};

/* These take the sandbox. */
static const struct way sandboxed_ways[] = {
	{ "oom\n", "crashed: SIGABRT", true },
	{ "sys\n", "forbidden system call (SIGSYS)", false },
	{ "spin\n", "limit on CPU time (SIGXCPU)", false },
	{ NULL, NULL, false },
};

static bool
is_skipped(const struct way *w)
{
#ifdef BERTH_ASAN
	return w->not_asan;
#else
	(void)w;
	return false;
#endif
}

static void
every_way(struct rig *r, const struct way *w)
{
	int fd[OTHERS];
	size_t named = 0;

	open_others(r, fd);
	for (; w->word != NULL; w++) {
		size_t before = rig_count(r, w->said);

		if (is_skipped(w))
			continue;
		cr_assert(ends(r, w->word), "%s", w->word);
		cr_assert(rig_hear_times(r, w->said, before + 1));
		cr_assert(others_are_served(fd), "%s", w->word);
		named++;
	}
	cr_assert_geq(rig_count(r, "serving 127.0.0.1:"), named);
	for (int i = 0; i < OTHERS; i++)
		close(fd[i]);
	cr_assert_eq(rig_stop(r), 0);
}

Test(sandbox_crash, every_way_is_named_and_others_do_not_notice)
{
	every_way(faulty_start(NULL), ways);
}

Test(sandbox_crash, also_when_a_child_serves_many)
{
	every_way(faulty_start(OPTIONS("--reuse", "0")), ways);
}

Test(sandbox_crash, also_when_a_child_is_a_fresh_program)
{
	every_way(faulty_start(OPTIONS("--exec")), ways);
}

Test(sandbox_crash, what_the_sandbox_ends_is_named_too)
{
	static const char *const kinds[] = { NULL, "--reuse=0", "--exec" };

	rig_needs_sandbox();
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct rig *r = faulty_start(OPTIONS(kinds[i]));

		if (strstr(rig_err(r), "not to be had") != NULL)
			cr_skip_test("the kernel has no sandbox");
		cr_assert_not_null(strstr(rig_err(r), ", seccomp"));
		every_way(r, sandboxed_ways);
	}
}

/* The master listens to children that may come back to say that they idle. */
Test(sandbox_crash, who_talks_nonsense_to_the_master_is_ended)
{
	struct rig *r = faulty_start(OPTIONS("--reuse", "0"));
	int fd[OTHERS];

	open_others(r, fd);
	for (size_t i = 1; i <= 3; i++) {
		cr_assert(ends(r, "lie\n"));
		cr_assert(
		    rig_hear_times(r, "which no child does: it is killed", i));
		cr_assert(others_are_served(fd));
	}
	for (int i = 0; i < OTHERS; i++)
		close(fd[i]);
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * Where an idle child has its program in memory.
 */
static unsigned long
layout_of_the_idle(struct rig *r, pid_t idle[64], size_t *n)
{
	unsigned long where = 0;
	char path[64];
	FILE *f;

	*n = rig_children(rig_pid(r), idle, 64);
	cr_assert(*n > 0 && *n <= 64);
	snprintf(path, sizeof path, "/proc/%d/maps", (int)idle[0]);
	f = fopen(path, "re");
	if (f == NULL && geteuid() != 0)
		cr_skip_test("only root looks into a child in its sandbox");
	cr_assert_not_null(f);
	cr_assert_eq(fscanf(f, "%lx", &where), 1);
	fclose(f);
	return where;
}

/*
 * What a crash may have told about memory is good for nothing afterwards.
 */
Test(sandbox_crash, the_next_children_have_another_layout)
{
	struct rig *r = faulty_start(NULL);
	unsigned long before, after;
	pid_t idle[64];
	size_t n;

	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	before = layout_of_the_idle(r, idle, &n);
	cr_assert(ends(r, "abort\n"));
	cr_assert(rig_hear(r, "reloading"));
	cr_assert(rig_all_gone(idle, n, rig_patience_ms()));
	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	after = layout_of_the_idle(r, idle, &n);
#ifndef BERTH_ASAN /* whose shadow comes first, always in the same place */
	/* Equal by chance: once in millions of runs. */
	cr_assert_neq(before, after);
#endif
	cr_assert(before != 0 && after != 0);
	cr_assert_eq(rig_stop(r), 0);
}

static int
by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

Test(sandbox_crash, a_thousand_crashes)
{
	static int64_t took[CRASHES];
	struct rig *r = faulty_start(OPTIONS("-q"));
	pid_t master = rig_pid(r);
	int fd[OTHERS];

	open_others(r, fd);
	for (int i = 0; i < CRASHES; i++) {
		int one = fd[i % OTHERS];
		int64_t begun;

		cr_assert(ends(r, "abort\n"), "crash %d", i);
		begun = clock_us();
		cr_assert(rig_send(one, "echo well\n"));
		cr_assert(rig_expect(one, "well\n"));
		took[i] = clock_us() - begun;
	}
	cr_assert(others_are_served(fd));
	qsort(took, CRASHES, sizeof *took, by_size);
	cr_assert_lt(took[CRASHES / 2], PROMPT_US);
	/* Those that ended while the master renewed itself are not named. */
	cr_assert_geq(rig_count(r, "crashed: SIGABRT"), CRASHES * 9 / 10);
	cr_assert_eq(rig_pid(r), master);
	cr_assert(!rig_ended(r));
	for (int i = 0; i < OTHERS; i++)
		close(fd[i]);
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

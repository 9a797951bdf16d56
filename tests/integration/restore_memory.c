/*
 * restore_memory.c - --isolation restore: what a client has written anywhere
 * in memory, in whatever way, the next client of the same process never finds.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/look.h"
#include "rig/main.h"
#include "rig/restored.h"
#include "rig/rig.h"
#include "system/clock.h"

#define MARK     "1122334455667788"
#define CHILDREN 32

/*
 * Clients that do nothing new, so that the restorer has nothing to look for;
 * then one that leaves a mark.  Returns the process that it is left in.
 */
static pid_t
leave(struct rig *r, const char *way, unsigned page)
{
	char line[64], answer[16];

	for (int i = 0; i < 3; i++)
		restored_who(r);
	snprintf(line, sizeof(line), "persist %s %u " MARK "\n", way, page);
	return restored_say(r, line, answer, sizeof(answer));
}

static pid_t
assert_unmarked(struct rig *r, const char *way)
{
	char answer[16];
	pid_t pid = restored_say(r, "scan " MARK "\n", answer, sizeof(answer));

	cr_assert_str_eq(answer, "none\n", "%s", way);
	return pid;
}

/* Another process may be the one that serves next: then again. */
static void
assert_nothing_left(struct rig *r, const char *before, const char *way)
{
	int64_t until = rig_deadline();
	int same = 0;

	for (unsigned page = 0; same < 4; page = (page + 1) % 2) {
		pid_t pid;

		cr_assert_lt(clock_ms(), until, "%s", way);
		if (before != NULL)
			leave(r, before, page);
		pid = leave(r, way, page);
		same += assert_unmarked(r, way) == pid;
	}
}

Test(restore_memory, a_mark_can_be_found_while_its_client_is_there)
{
	static const char *const ways[] = { "by-hand", "by-kernel", "in-heap" };
	struct rig *r;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		char line[64];
		int fd = rig_open(r, FAULTY);

		snprintf(
		    line, sizeof(line), "persist %s 1 " MARK "\n", ways[i]);
		cr_assert(rig_send(fd, line) && rig_expect(fd, "left\n"));
		cr_assert(rig_send(fd, "scan " MARK "\n") &&
			rig_expect(fd, "found\n"),
		    "%s", ways[i]);
		close(fd);
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(restore_memory, no_mark_is_found_by_the_next)
{
	static const char *const ways[] = { "by-hand", "by-kernel", "in-heap",
		"in-stack", "without-end", "by-list" };
	struct rig *r;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		assert_nothing_left(r, NULL, ways[i]);
	cr_assert_eq(rig_stop(r), 0);
}

/* Zeros that were read are mapped, and not the process's own until written. */
Test(restore_memory, a_page_that_was_only_read_before)
{
	struct rig *r;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	assert_nothing_left(r, "read-only", "by-hand");
	assert_nothing_left(r, "read-only", "by-kernel");
	cr_assert_eq(rig_stop(r), 0);
}

/* Who goes on as if it had been put back is killed at the next call. */
Test(restore_memory, nobody_puts_himself_back)
{
	struct rig *r;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	for (unsigned i = 0; i < 5; i++) {
		pid_t pid = leave(r, "by-own-answer", i);

		cr_assert_neq(assert_unmarked(r, "by-own-answer"), pid);
	}
	cr_assert_eq(rig_stop(r), 0);
}

/* How often a process has written anything but messages; -1: not told here. */
static long
writes(pid_t pid)
{
	char path[64], text[512] = "";
	const char *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/io", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	at = strstr(text, "syscw: ");
	return at != NULL ? strtol(at + 7, NULL, 10) : -1;
}

/* The list alone is written into it, though each child has a pid, and what the
 * master was at, in its memory. */
Test(restore_memory, it_copies_all_pages_itself)
{
	const int clients = 50;
	struct rig *r;
	pid_t restorer;
	long before, after;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	for (int i = 0; i < clients; i++)
		restored_who(r);
	restorer = rig_restorer(rig_pid(r));
	before = writes(restorer);
	if (before < 0)
		cr_skip("not told here");
	for (int i = 0; i < clients; i++)
		restored_who(r);
	after = writes(restorer);
	cr_expect_leq(after - before, 3 * clients, "%ld", after - before);
	cr_assert_eq(rig_stop(r), 0);
}

/* What its birth needed of stack and other memory is not its own for ever. */
Test(restore_memory, who_waits_has_little_of_its_own)
{
	struct rig *r;
	long own;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	own = rig_private_kib(restored_idle(r));
	cr_expect_leq(own, 80, "%ld KiB", own); /* 52; 96 without a zygote */
	cr_assert_eq(rig_stop(r), 0);
}

/* All that each would have alike is there in the zygote, before its birth. */
#define NEWBORN_KIB 32 /* 16; 72 without a zygote */

static bool
all_have_little(void *r)
{
	pid_t child[CHILDREN];
	size_t n = rig_children(rig_pid(r), child, CHILDREN), few = 0;

	for (size_t i = 0; i < n; i++) {
		long own = rig_private_kib(child[i]);

		if (child[i] == rig_restorer(rig_pid(r)) ||
		    child[i] == rig_logger(rig_pid(r)))
			continue;
		if (own < 0 || own > NEWBORN_KIB)
			return false;
		few++;
	}
	return few > 1;
}

Test(restore_memory, who_has_served_nobody_has_next_to_nothing)
{
	struct rig *r;

	ONLY_WHERE_RESTORED;
	if (geteuid() != 0)
		cr_skip("only root may look");
	r = faulty_start(RESTORED_OPTIONS("--isolation", "restore"));
	cr_expect(rig_until("all have little", all_have_little, r));
	cr_assert_eq(rig_stop(r), 0);
}

/* How many descriptors of a process lead there; -1: not told here. */
static int
held(pid_t pid, const char *what)
{
	char path[300], to[64];
	struct dirent *e;
	int n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	if (d == NULL)
		return -1;
	while ((e = readdir(d)) != NULL) {
		ssize_t k;

		snprintf(
		    path, sizeof(path), "/proc/%d/fd/%s", (int)pid, e->d_name);
		k = readlink(path, to, sizeof(to) - 1);
		to[k < 0 ? 0 : k] = '\0';
		n += strstr(to, what) != NULL;
	}
	closedir(d);
	return n;
}

static bool
has_let_go(void *r)
{
	pid_t restorer = rig_restorer(rig_pid(r));

	return restorer > 0 && held(restorer, "landlock") == 0;
}

/* A folder that a build removed keeps its place on the disk as long as anybody
 * holds the list of those that children may use. */
Test(restore_memory, the_restorer_holds_on_to_no_folder)
{
	struct rig *r;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	restored_who(r);
	if (held(rig_pid(r), "landlock") <= 0)
		cr_skip("not told here");
	cr_expect(rig_until("the restorer has let go", has_let_go, r));
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

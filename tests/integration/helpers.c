/*
 * helpers.c - programs that a server runs beside its children: when
 * they start, when they end, and what they have.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"

/* Says who it is, and when it is told to end; "$how" then. */
#define WAITS "while :; do sleep 0.02; done"
#define HELPER                                       \
	"trap 'echo helper $$ told; exit 0' TERM;\n" \
	"echo helper $$ up; " WAITS
#define STUBBORN "trap '' TERM; echo helper $$ up; " WAITS

static struct rig *
start(const char *line, const char *const *options)
{
	setenv(FAULTY_HELPER, line, 1);
	return faulty_start(options);
}

/* The process of the nth helper that has said "helper PID up". */
static pid_t
helper(struct rig *r, size_t nth)
{
	const char *at;
	long pid = 0;

	cr_assert(rig_hear_times(r, " up\n", nth));
	at = rig_err(r);
	for (size_t i = 0; i < nth; i++) {
		at = strstr(at, "helper ");
		while (sscanf(at, "helper %ld up", &pid) != 1 ||
		    strncmp(strchr(at + 7, ' '), " up\n", 4) != 0)
			at = strstr(at + 7, "helper ");
		at += 7;
	}
	return (pid_t)pid;
}

static bool
is_served(struct rig *r)
{
	int fd = rig_open(r, FAULTY);
	bool ok = rig_send(fd, "echo here\n") && rig_expect(fd, "here\n");

	close(fd);
	return ok;
}

Test(helpers, it_starts_with_the_server_and_is_told_at_its_end)
{
	struct rig *r = start(HELPER, NULL);
	pid_t pid = helper(r, 1);

	cr_assert(is_served(r));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_hear(r, " told\n"));
	cr_assert(rig_is_gone(pid));
	cr_assert_null(strstr(rig_err(r), "started again"));
}

Test(helpers, it_is_started_again_later_each_time)
{
	struct rig *r = start(HELPER, NULL);

	cr_assert_eq(kill(helper(r, 1), SIGKILL), 0);
	cr_assert(rig_hear(r, "helper ended (signal 9); started again in 1 s"));
	cr_assert(is_served(r));
	cr_assert_eq(kill(helper(r, 2), SIGKILL), 0);
	cr_assert(rig_hear(r, "helper ended (signal 9); started again in 2 s"));
	cr_assert(is_served(r));
	cr_assert_eq(rig_stop(r), 0);
}

Test(helpers, it_may_have_done_its_work)
{
	struct rig *r = start("echo helper $$ up", NULL);

	cr_assert(rig_hear(r, "helper has finished"));
	cr_assert(is_served(r));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert_null(strstr(rig_err(r), "started again"));
}

Test(helpers, one_that_does_not_care_is_killed_after_the_grace)
{
	struct rig *r = start(STUBBORN, RIG("--grace", "1"));
	pid_t pid = helper(r, 1);

	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_is_gone(pid));
}

Test(helpers, it_is_killed_at_a_stop)
{
	struct rig *r = start(STUBBORN, NULL);
	pid_t pid = helper(r, 1);

	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait(r), 0);
	cr_assert(rig_is_gone(pid));
}

Test(helpers, it_dies_with_the_master)
{
	struct rig *r = start(STUBBORN, NULL);
	pid_t pid = helper(r, 1);

	rig_kill(r);
	cr_assert(rig_all_gone(&pid, 1, rig_patience_ms()));
}

/* One after the other: two would write to the same index. */
Test(helpers, a_reload_ends_the_old_one_and_then_starts_a_new_one)
{
	struct rig *r = start(HELPER, NULL);
	pid_t old = helper(r, 1), new;
	const char *told, *up;

	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	new = helper(r, 2);
	cr_assert_neq(old, new);
	cr_assert(rig_is_gone(old));
	told = strstr(rig_err(r), " told\n");
	cr_assert_not_null(told);
	up = strstr(told, " up\n");
	cr_assert_not_null(up);
	cr_assert(is_served(r));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_is_gone(new));
}

Test(helpers, a_reload_kills_the_old_one_that_does_not_care)
{
	struct rig *r = start(STUBBORN, NULL);
	pid_t old = helper(r, 1), new;

	rig_signal(r, SIGHUP);
	new = helper(r, 2);
	cr_assert_neq(old, new);
	cr_assert(rig_is_gone(old));
	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait(r), 0);
}

Test(helpers, it_has_nothing_of_the_masters)
{
	struct rig *r = start(HELPER, NULL);
	pid_t pid = helper(r, 1);
	char path[64];
	struct stat st;

	cr_assert_eq(rig_descriptors(pid), 3);
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	cr_assert_eq(stat(path, &st), 0);
	if (geteuid() == 0)
		cr_assert_neq(st.st_uid, 0, "it is root");
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

/*
 * reload_upgrade.c - a reload that takes a new file, which is bad, gone, slow
 * or of another version: the earlier image goes on, or the next one does, and
 * no client notices.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

static void
reload(struct rig *r, size_t times)
{
	size_t before = rig_count(r, "sandbox:");

	rig_signal(r, SIGHUP);
	cr_assert(rig_hear_times(r, "reloading", times));
	cr_assert(rig_hear_times(r, "sandbox:", before + 1));
}

/* berth-upperd in a file that is ours ... */
static const char *
copy_to(const char *place, const char *name)
{
	struct buf program;
	const char *path;

	buf_init(&program, RIG_BUF_MAX);
	cr_assert_eq(rig_slurp(rig_path("berth-upperd"), &program), 0);
	path = rig_file_bytes(place, name, program.p, program.n);
	cr_assert_eq(chmod(path, 0755), 0);
	buf_free(&program);
	return path;
}

/* ... which lines of sh take the place of. */
static void
replace(const char *place, const char *lines)
{
	struct buf script;

	buf_init(&script, 4096);
	buf_addf(&script, "#!/bin/sh\n%s\n", lines);
	rig_file(place, "new", buf_str(&script));
	buf_free(&script);
	cr_assert_eq(chmod(rig_in(place, "new"), 0755), 0);
	cr_assert_eq(rename(rig_in(place, "new"), rig_in(place, "server")), 0);
}

static struct rig *
replaced_by(const char *place, const char *lines)
{
	struct rig *r = rig_start(RIG(
	    copy_to(place, "server"), "-l", "127.0.0.1:0", "--max-idle", "4"));

	replace(place, lines);
	return r;
}

static bool
is_there(void *path)
{
	return access(path, F_OK) == 0;
}

struct most_open {
	pid_t pid;
	int n;
};

static bool
has_no_more_open(void *arg)
{
	const struct most_open *most = arg;

	return rig_descriptors(most->pid) <= most->n;
}

static void
expect_no_reload(const char *line, const char *why)
{
	struct rig *r = replaced_by(rig_place(), line);
	struct most_open before = { .pid = rig_pid(r) };
	int fd;

	cr_assert(rig_children_become(rig_pid(r), 4, 4));
	before.n = rig_descriptors(rig_pid(r));
	fd = rig_open(r, "upper");

	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "no reload: "));
	cr_assert(rig_hear(r, why), "%s", why);
	cr_assert(rig_hear(r, "the old"));
	cr_assert(rig_send(fd, "y"));
	cr_assert(rig_expect(fd, "Y"));
	close(fd);
	/* Nothing is left of the attempt, and all works as before. */
	for (int i = 0; i < 20; i++) {
		fd = rig_open(r, "upper");
		cr_assert(rig_send(fd, "x"));
		cr_assert(rig_expect(fd, "X"));
		close(fd);
	}
	cr_expect(rig_until(
	    "no descriptor is left of it", has_no_more_open, &before));
	cr_assert_eq(rig_stop(r), 0);
}

Test(reload_upgrade, a_program_that_vanishes_after_its_trial_is_no_loss)
{
	expect_no_reload("rm -- \"$0\"", "No such file");
}

Test(reload_upgrade, nor_is_one_that_dies_in_it)
{
	expect_no_reload("kill -s SEGV $$", "died of SIGSEGV");
}

Test(reload_upgrade, nor_one_that_hangs)
{
	expect_no_reload("exec sleep 60", "was not ready after 10 s");
}

/* Exec'd by the reload, the program finds another version's reload state. */
Test(reload_upgrade, a_reload_state_of_another_version_is_left_alone)
{
	const char *place = rig_place();
	struct rig *r;
	char line[512];
	int fd, old;

	snprintf(line, sizeof(line),
	    "if [ -n \"$BERTH_RELOAD\" ]; then\n"
	    "	eval \"exec $BERTH_RELOAD<&-\" \"$BERTH_RELOAD</etc/passwd\"\n"
	    "fi\nexec '%s' \"$@\"",
	    rig_path("berth-upperd"));
	r = replaced_by(place, line);
	old = rig_open(r, "upper");
	cr_assert(rig_send(old, "x"));
	cr_assert(rig_expect(old, "X"));
	reload(r, 1);
	cr_assert(rig_hear(r, "is not to be understood"));
	cr_assert(rig_send(old, "y"));
	cr_assert(rig_expect(old, "Y"));
	fd = rig_open(r, "upper");
	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	close(fd);
	/* The drain knows of the old one nevertheless. */
	cr_assert_eq(rig_stop(r), 0);
	cr_assert(rig_expect_end(old));
}

/* A reload that is asked for while another one is tried, and fails. */
Test(reload_upgrade, what_was_mended_during_a_trial_is_tried_again)
{
	const char *place = rig_place();
	struct rig *r;
	char line[600];
	int fd;

	snprintf(line, sizeof(line),
	    "[ -e \"$0.tried\" ] && exec '%s' \"$@\"\n"
	    ": >\"$0.tried\"\nsleep 1\nexit 64",
	    rig_path("berth-upperd"));
	r = replaced_by(place, line);
	rig_signal(r, SIGHUP);
	cr_assert(rig_until("the first trial is on", is_there,
	    (void *)rig_in(place, "server.tried")));
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "no reload"));
	cr_assert(rig_hear(r, "reloading"));
	fd = rig_open(r, "upper");
	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

/* The next image may have no process, not even to try its sandbox in. */
Test(reload_upgrade, a_reload_bears_that_no_process_can_be_forked)
{
	const char *place = rig_place();
	const char *program = copy_to(place, "berth-upperd");
	struct rig *r;
	char lines[600];
	int fd;

	/* Who may not reach the checkout reaches this copy. */
	if (getuid() != 0)
		cr_skip_test("only root can be somebody else, with a limit");
	r = rig_start(RIG("/bin/sh", "-c",
	    "exec setpriv --reuid 54321 --regid 54321 --clear-groups "
	    "\"$0\" -l 127.0.0.1:0",
	    copy_to(place, "server")));
	snprintf(lines, sizeof(lines),
	    "[ -n \"$BERTH_RELOAD\" ] || exec '%s' \"$@\"\n"
	    "exec prlimit --nproc=1 '%s' \"$@\"",
	    program, program);
	fd = rig_open(r, "upper");
	cr_assert(rig_send(fd, "x"));
	cr_assert(rig_expect(fd, "X"));
	replace(place, lines);
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	/* It stands, tries, and keeps those who were inside. */
	cr_assert(rig_hear(r, "trying again"));
	cr_assert_not(rig_ended(r));
	cr_assert(rig_send(fd, "y"));
	cr_assert(rig_expect(fd, "Y"));
#ifdef BERTH_ASAN /* its search for leaks, at the end, takes a process */
	rig_stop(r);
#else
	cr_assert_eq(rig_stop(r), 0);
#endif
	cr_assert(rig_expect_end(fd));
}

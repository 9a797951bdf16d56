/*
 * exhaustion.c - the master when there is no more to give: descriptors,
 * processes, places.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "upper_start.h"

static void
limit_process(pid_t pid, int resource, rlim_t soft)
{
	struct rlimit l;

	cr_assert_eq(prlimit(pid, (__rlimit_resource_t)resource, NULL, &l), 0);
	l.rlim_cur = soft < l.rlim_max ? soft : l.rlim_max;
	cr_assert_eq(prlimit(pid, (__rlimit_resource_t)resource, &l, NULL), 0,
	    "%s", strerror(errno));
}

static void
limit(struct rig *r, int resource, rlim_t soft)
{
	limit_process(rig_pid(r), resource, soft);
}

/* The master is at rest: what it cannot do now it does not try for ever. */
static void
assert_at_rest(struct rig *r)
{
	long before = rig_cpu_ms(rig_pid(r)), used;

	rig_pause_ms(500);
	used = rig_cpu_ms(rig_pid(r)) - before;
	cr_assert_lt(used, 200, "the master used %ld ms of 500", used);
}

Test(exhaustion, no_descriptors_left_in_the_master)
{
	struct rig *r = rig_start(UPPERD("--min-idle", "2"));
	int fd[6];

	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	visit(r);
	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	limit(r, RLIMIT_NOFILE, 3); /* those that are open stay */
	for (int i = 0; i < 6; i++) {
		fd[i] = rig_open(r, "upper 127");
		cr_assert(rig_send(fd[i], "Hello\n"));
	}
	cr_assert(rig_hear(r, "trying again"));
	assert_at_rest(r);
	limit(r, RLIMIT_NOFILE, 1024);
	for (int i = 0; i < 6; i++)
		cr_assert(rig_expect(fd[i], "HELLO\n"), "client %d", i);
	cr_assert_eq(rig_stop(r), 0);
}

/* Root may always fork: then a copy is started as nobody. */
static struct rig *
start_without_rights(void)
{
	struct buf program;
	const char *path;

	if (geteuid() != 0)
		return rig_start(UPPERD("--min-idle", "2"));
	buf_init(&program, 64 << 20);
	cr_assert_eq(rig_slurp(rig_path("berth-upperd"), &program), 0);
	path =
	    rig_file_bytes(rig_place(), "berth-upperd", program.p, program.n);
	cr_assert_eq(chmod(path, 0755), 0);
	buf_free(&program);
	return rig_start(RIG("/usr/bin/setpriv", "--reuid=65534",
	    "--regid=65534", "--clear-groups", path, "-l", "127.0.0.1:0",
	    "--min-idle", "2"));
}

/*
 * How many processes its user may have; 0: as many as we may.  Asked for by
 * the same user, for root too may lack the right to ask for others.
 */
static void
limit_processes(struct rig *r, unsigned long most)
{
	pid_t zygote = rig_zygote(rig_pid(r));
	char line[256];
	struct rlimit own;

	getrlimit(RLIMIT_NPROC, &own);
	if (geteuid() != 0) {
		most = most == 0 ? own.rlim_max : most;
		limit(r, RLIMIT_NPROC, most);
		if (zygote != 0)
			limit_process(zygote, RLIMIT_NPROC, most);
		return;
	}
	snprintf(line, sizeof(line),
	    "for p in %d %.0d; do setpriv --reuid=65534 --regid=65534 "
	    "--clear-groups prlimit --pid $p --nproc=%ld: || exit; done",
	    (int)rig_pid(r), (int)zygote,
	    most == 0 && own.rlim_max == RLIM_INFINITY ? -1L :
		most == 0                              ? (long)own.rlim_max :
							 (long)most);
	cr_assert_eq(rig_wait(rig_run(RIG("/bin/sh", "-c", line))), 0);
}

static bool
has_zygote(void *r)
{
	return rig_zygote(rig_pid(r)) != 0;
}

Test(exhaustion, fork_fails_and_works_again)
{
	struct rig *r = start_without_rights();
	int a, b, c;

	/* The one who forks, if it is there, has the limit of its own. */
	if (*rig_no_sandbox() == '\0')
		cr_assert(rig_until("there is a zygote", has_zygote, r));
	cr_assert(rig_children_become(rig_pid(r), 2, 2));
	limit_processes(r, 1);
	/* Who is there serves on. */
	a = rig_open(r, "upper 127");
	b = rig_open(r, "upper 127");
	cr_assert(hello(a) && hello(b));
	cr_assert(rig_hear(r, "fork: "));
	cr_assert(rig_hear(r, "ulimit -u"));
	assert_at_rest(r);
	cr_assert(hello(a) && hello(b));
	/* Who comes now is not left hanging. */
	c = rig_open(r, "upper 127");
	cr_assert(rig_expect_end(c));
	limit_processes(r, 0);
	cr_assert(rig_until("a client is served", is_served, r));
	cr_assert(rig_children_become(rig_pid(r), 2, 8));
	cr_assert_eq(rig_stop(r), 0);
}

Test(exhaustion, a_full_house_is_at_rest)
{
	char address[200], much[4096] = "x";
	struct rig *r;
	int held, waiting;

	snprintf(address, sizeof(address), "unix:%s", rig_in(rig_place(), "s"));
	r = rig_start(
	    RIG("berth-upperd", "-q", "-l", address, "--max-children", "1"));
	/* Held by a client that does not read what it asked for. */
	held = rig_open(r, "upper");
	for (int still = 0; still < 750; rig_pause_ms(2))
		still = send(held, much, sizeof(much), MSG_DONTWAIT) > 0 ?
		    0 :
		    still + 1;
	waiting = rig_open(r, "upper");
	assert_at_rest(r);
	/* Nobody waits for ever: it is told, or for this service cut off. */
	cr_assert(rig_expect_end(waiting));
	close(held);
	/* There is room as soon as the child has been reaped. */
	cr_assert(rig_until("a client is served", is_served, r));
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * refusals.c - each kind of refusal is a line in the log that says
 * why, and many are one line with a count.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"

/* Does somebody who comes now get an answer? */
static bool
is_served(struct rig *r)
{
	int fd = rig_open(r, FAULTY);
	char c;
	bool served = send(fd, "pid\n", 4, MSG_NOSIGNAL) == 4 &&
	    rig_receive(fd, &c, 1) == 1;

	close(fd);
	return served;
}

static void
fill(struct rig *r, int n)
{
	for (int i = 0; i < n; i++) {
		int fd = rig_open(r, FAULTY);

		cr_assert(rig_send(fd, "echo here\n"));
		cr_assert(rig_expect(fd, "here\n"));
	}
}

static void
end(struct rig *r)
{
	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait(r), 0);
}

Test(refusals, too_many_from_one_address)
{
	struct rig *r = faulty_start(RIG("--per-client", "2"));

	fill(r, 2);
	for (int i = 0; i < 9; i++)
		cr_assert(!is_served(r));
	cr_assert(rig_hear(r,
	    "refused 127.0.0.1: too many connections from one address "
	    "(--per-client)\n"));
	cr_assert_eq(rig_count(r, "refused "), 1);
	end(r);
	cr_assert_eq(rig_count(r, "refused 8 more: too many"), 1);
	cr_assert_eq(rig_count(r, "the last was 127.0.0.1\n"), 1);
}

Test(refusals, all_processes_busy)
{
	struct rig *r = faulty_start(RIG("--max-children", "2"));

	fill(r, 2);
	cr_assert(!is_served(r));
	cr_assert(rig_hear(r,
	    "refused 127.0.0.1: no process is free for it (--max-children)\n"));
	end(r);
}

Test(refusals, nearly_all_processes_busy)
{
	struct rig *r =
	    faulty_start(RIG("--max-children", "16", "--per-client", "64"));

	fill(r, 15);
	/* A quarter of those who come lose. */
	for (int i = 0; i < 200 && rig_count(r, "lots are drawn") == 0; i++)
		is_served(r);
	cr_assert(rig_hear(r,
	    "refused 127.0.0.1: few processes are free, so lots are "
	    "drawn"));
	end(r);
}

Test(refusals, penalised)
{
	struct rig *r = faulty_start(RIG("--per-client", "64"));
	const char *words = "refused 127.0.0.1: connections from there have "
			    "crashed processes or broken rules of late\n";

	for (int i = 0; i < 50 && rig_count(r, words) == 0; i++) {
		int fd = rig_open(r, FAULTY);
		char c;

		send(fd, "abort\n", 6, MSG_NOSIGNAL);
		cr_assert(rig_receive(fd, &c, 1) <= 0);
		close(fd);
	}
	cr_assert(rig_hear(r, words));
	end(r);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

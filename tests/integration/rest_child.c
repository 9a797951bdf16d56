/*
 * rest_child.c - what a child that was taken over gains by what it says of its
 * connection: that it rests, when it may not; that it is idle, and goes on.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"

#define RESTS "exit 15\n" /* CONDUCT_RESTS */
#define NOT   "left with code 15, which means nothing"

static void
is_refused(struct rig *r)
{
	int fd = rig_open(r, FAULTY);

	faulty_who(fd);
	cr_assert(rig_send(fd, RESTS));
	cr_assert(rig_expect_end(fd));
	close(fd);
	cr_assert(rig_hear(r, NOT));
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest_child, it_cannot_leave_what_nobody_has_kept)
{
	setenv(FAULTY_RESTS, "60000", 1);
	is_refused(faulty_start(NULL));
}

Test(rest_child, it_cannot_leave_what_is_not_said_to_rest)
{
	is_refused(faulty_start(RIG("--rest", "60")));
}

/* It can say so at any time; then it is no more, and only then another has the
 * connection. */
static void
leaves(const char *isolation)
{
	struct rig *r;
	int fd;
	pid_t first, second;

	setenv(FAULTY_RESTS, "60000", 1);
	r = faulty_start(RIG("--rest", "60", "--isolation", isolation));
	fd = rig_open(r, FAULTY);
	first = faulty_who(fd);
	for (int i = 0; i < 20; i++) {
		cr_assert(rig_send(fd, RESTS));
		/* Sent apart: what a child has read is not given back. */
		cr_assert(rig_all_gone(&first, 1, rig_patience_ms()));
		second = faulty_who(fd);
		cr_assert_neq(first, second);
		first = second;
	}
	close(fd);
	cr_assert_eq(rig_count(r, NOT), 0);
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest_child, who_leaves_it_is_gone_before_another_has_it)
{
	leaves("fork");
}

Test(rest_child, also_one_that_could_serve_others)
{
	leaves("reuse");
}

/* Said by one that lives on, it is a lie, and nobody gets the connection. */
Test(rest_child, no_word_of_one_that_lives_hands_it_on)
{
	struct rig *r;
	int fd;

	setenv(FAULTY_RESTS, "60000", 1);
	r = faulty_start(RIG("--rest", "60", "--reuse", "0"));
	fd = rig_open(r, FAULTY);
	faulty_who(fd);
	cr_assert(rig_send(fd, "say r\n"));
	cr_assert(rig_hear(r, "which no child does"));
	while (rig_receive(fd, (char[64]){ 0 }, 64) > 0)
		;
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(rest_child, a_crash_ends_the_connection_at_once)
{
	struct rig *r;
	int fd;

	setenv(FAULTY_RESTS, "60000", 1);
	r = faulty_start(RIG("--rest", "60"));
	fd = rig_open(r, FAULTY);
	faulty_who(fd);
	cr_assert(rig_send(fd, "abort\n"));
	cr_assert(rig_expect_end(fd));
	cr_assert(rig_hear(r, "SIGABRT"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

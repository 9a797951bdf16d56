/*
 * want.c - chaos by want: no descriptors, no memory, no processes, no places,
 * and neighbours who take more than their share.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chaos/judge.h"
#include "rig/main.h"
#include "rig/rig.h"
#include "rig/scarce.h"
#include "system/clock.h"

#define OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define TIMES        50
#define IN_A_ROW     3 /* failures: after pauses of 10, 20 and 40 ms */
#define FLOOD        1000
#define SHARE        200 /* of one address */
#define PLACES       8
#define WAITS_MS     400 /* less than a client waits for a place */
#define TRIES        5

/* Now and then the machine has no more to give, and then it has. */
static void
starve(const char *fault, bool of_processes, int error)
{
	struct rig *r = scarce_start(of_processes ?
		OPTIONS("-q", "--no-sandbox", "--max-idle", "4") :
		OPTIONS("-q"));
	struct rig_pulse *p =
	    rig_pulse_line(rig_address(r, FAULTY), "echo here\n", "here\n");
	struct scarce_plan *plan =
	    of_processes ? &scarce->fork : &scarce->accept;
	size_t survived = 0;

	for (int i = 0; i < TIMES; i++) {
		scarce_set(plan, error, IN_A_ROW);
		survived += (size_t)rig_pulse_beats(p, 10);
		cr_expect_eq(plan->times, 0, "nothing has failed");
	}
	judge(fault, TIMES, survived, p);
	cr_expect_eq(rig_stop(r), 0);
}

Test(chaos_want, descriptors)
{
	starve("want: accept, EMFILE", false, EMFILE);
}

Test(chaos_want, files)
{
	starve("want: accept, ENFILE", false, ENFILE);
}

Test(chaos_want, buffers)
{
	starve("want: accept, ENOBUFS", false, ENOBUFS);
}

Test(chaos_want, processes)
{
	starve("want: fork, EAGAIN", true, EAGAIN);
}

Test(chaos_want, memory)
{
	starve("want: fork, ENOMEM", true, ENOMEM);
}

static bool
is_answered(int fd)
{
	char in[8];

	return send(fd, "echo in\n", 8, MSG_NOSIGNAL) == 8 &&
	    rig_receive(fd, in, sizeof(in)) > 0;
}

/*
 * One address wants all there is, and holds what it gets.
 */
Test(chaos_want, an_address_that_takes_all)
{
	struct rig *r = faulty_start(OPTIONS("-q", "--per-client", "200"));
	const char *address = rig_address(r, FAULTY);
	struct rig_pulse *p = rig_pulse_line(address, "echo here\n", "here\n");
	size_t turned_away = 0, inside = 0;
	int held[SHARE];

	for (int i = 0; i < FLOOD; i++) {
		int fd = rig_connect_from("127.0.0.2", address);

		cr_assert_geq(fd, 0);
		if (inside < SHARE && is_answered(fd)) {
			held[inside++] = fd;
			continue;
		}
		turned_away += !is_answered(fd);
		close(fd);
	}
	cr_expect_eq(inside, SHARE);
	judge("source: one wants 1000 places", FLOOD, inside + turned_away, p);
	for (size_t i = 0; i < inside; i++)
		close(held[i]);
	cr_expect_eq(rig_stop(r), 0);
}

/*
 * One address crashes children as long as it is let in.
 */
Test(chaos_want, an_address_that_crashes_children)
{
	struct rig *r = faulty_start(OPTIONS("-q", "--per-client", "1000"));
	const char *address = rig_address(r, FAULTY);
	struct rig_pulse *p = rig_pulse_line(address, "echo here\n", "here\n");
	size_t crashed = 0, turned_away = 0;
	char byte;

	for (int i = 0; i < FLOOD; i++) {
		int fd = rig_connect_from("127.0.0.2", address);

		cr_assert_geq(fd, 0);
		if (!is_answered(fd)) {
			turned_away++;
		} else if (send(fd, "abort\n", 6, MSG_NOSIGNAL) == 6) {
			cr_assert_leq(rig_receive(fd, &byte, 1), 0);
			crashed++;
		}
		close(fd);
	}
	cr_expect_gt(turned_away, crashed, "%zu crashed, %zu turned away",
	    crashed, turned_away);
	judge(
	    "source: one crashes all it can", FLOOD, crashed + turned_away, p);
	cr_expect_eq(rig_stop(r), 0);
}

/* Take all places for a moment.  Was it not too long for one who waits? */
static bool
take_all(const char *address)
{
	int64_t begun = clock_ms();
	int fd[PLACES];

	for (int n = 0; n < PLACES; n++) {
		fd[n] = rig_connect(address);
		cr_assert(rig_send(fd[n], "GET / HTTP/1.1\r\n"));
	}
	rig_pause_ms(50);
	for (int n = 0; n < PLACES; n++)
		rig_reset(fd[n]);
	return clock_ms() - begun < WAITS_MS;
}

/*
 * All places are taken for a moment: an ordinary client waits for one.  Where
 * the machine made that moment too long it is begun anew.
 */
Test(chaos_want, no_places)
{
	const char *dir = rig_place();
	struct rig_pulse *p;
	const char *address;
	size_t survived = 0;
	int tries = 0;
	struct rig *r;

	rig_file(dir, "index.html", "<p>the page ends here");
	r = rig_start(RIG("berth-httpd", "-q", "-l", "127.0.0.1:0",
	    "--access-log", "off", "--max-children", "8", dir));
	address = rig_address(r, "http");
	p = rig_pulse_get(address, "/", "the page ends here");
	while (survived < TIMES) {
		if (!take_all(address) && ++tries < TRIES) {
			rig_pulse_stop(p);
			p = rig_pulse_get(address, "/", "the page ends here");
			survived = 0;
			continue;
		}
		cr_assert(rig_pulse_beats(p, 1));
		survived++;
	}
	judge("want: all connections taken for a moment", TIMES, survived, p);
	cr_expect_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return scarce_or_tests(argc, argv);
}

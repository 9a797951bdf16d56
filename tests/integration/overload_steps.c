/*
 * overload_steps.c - a server that fills: each step of the ladder comes before
 * the next one.  Processes are forked on demand; those who only keep
 * a connection alive are let go; lots are drawn; clients wait in the backlog;
 * and only then they are told that the server is full.
 */
#include <criterion/criterion.h>
#include <poll.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/clock.h"

#define MOST   32
#define KEPT   20  /* connections that are kept alive ... */
#define ROOM   25  /* ... and let go while more than so many are busy */
#define LUCKY  29  /* so many come in without drawing a lot */
#define UNTOLD 400 /* ms that a client is let wait at least */
#define TRIES  200
#define GET    "GET /f HTTP/1.1\r\nHost: localhost\r\n"
#define LOT    "refused 127.0.0.1: few processes are free"

static struct rig *r;
static int kept[KEPT], at_work[MOST];

static void
start(void)
{
	const char *dir = rig_place();

	rig_file(dir, "f", "content");
	r = rig_start(RIG("berth-httpd", "-v", "-l", "127.0.0.1:0",
	    "--per-client", "1000", "--max-children", "32", "--min-idle", "1",
	    "--max-idle", "1", dir));
}

/* Come and ask for a page; returns whether it was to be had. */
static bool
is_let_in(int *fd)
{
	struct rig_reply reply;
	int status;

	*fd = rig_open(r, "http");
	cr_assert(rig_send(*fd, GET "\r\n"));
	cr_assert(rig_reply(*fd, &reply, false));
	status = reply.status;
	rig_reply_free(&reply);
	cr_assert(status == 200 || status == 503);
	return status == 200;
}

/* Come, and be in the middle of a second request. */
static bool
sets_to_work(size_t i)
{
	if (is_let_in(&at_work[i]))
		return rig_send(at_work[i], GET);
	close(at_work[i]);
	return false;
}

static size_t
let_go(void)
{
	size_t n = 0;

	for (int i = 0; i < KEPT; i++) {
		struct pollfd p = { .fd = kept[i], .events = POLLIN };

		n += poll(&p, 1, 0) > 0;
	}
	return n;
}

static bool
are_let_go(void *n)
{
	return let_go() == *(size_t *)n;
}

/*
 * Nobody was ready for more than one of them.
 */
static void
fork_on_demand(void)
{
	for (int i = 0; i < KEPT; i++)
		cr_assert(is_let_in(&kept[i]), "client %d", i);
	cr_assert_eq(let_go(), 0);
}

/*
 * One goes for each who comes, the eldest first, and all who come are let in.
 */
static void
let_go_of_the_kept(void)
{
	for (size_t i = 0; i < ROOM; i++) {
		size_t gone = KEPT + i < ROOM ? 0 : KEPT + i - ROOM + 1;

		cr_assert(sets_to_work(i), "client %zu", i);
		cr_assert(rig_until("they are let go", are_let_go, &gone));
		cr_assert(rig_children_become(rig_pid(r), 1, ROOM + 2));
	}
	cr_assert_eq(let_go(), KEPT);
	cr_assert_eq(rig_count(r, LOT), 0);
}

/*
 * There is room, and not for everybody.
 */
static void
draw_lots(void)
{
	size_t n = ROOM, unlucky = 0;

	for (; n < LUCKY; n++)
		cr_assert(sets_to_work(n), "client %zu", n);
	while (n < MOST && unlucky < TRIES) {
		if (sets_to_work(n))
			n++;
		else
			unlucky++;
	}
	/* The first lots are the same in each run. */
	cr_assert(unlucky > 0 && unlucky < TRIES, "%zu lost", unlucky);
	cr_assert(rig_hear_times(r, LOT, unlucky));
	cr_assert_eq(rig_count(r, LOT), unlucky);
	cr_assert_eq(rig_children(rig_pid(r), NULL, 0), MOST);
}

static void
wait_and_be_told(void)
{
	size_t lots = rig_count(r, LOT);
	struct rig_reply reply;
	int64_t came = clock_ms();
	int fd = rig_open(r, "http");

	cr_assert(rig_send(fd, GET "\r\n"));
	cr_assert(rig_reply(fd, &reply, false));
	cr_assert_eq(reply.status, 503);
	cr_assert_geq(clock_ms() - came, UNTOLD);
	cr_assert(rig_expect_end(fd));
	cr_assert_eq(rig_count(r, LOT), lots);
	/* Those who were inside still are. */
	for (int i = 0; i < MOST; i++) {
		cr_assert(rig_send(at_work[i], "\r\n"));
		cr_assert(rig_reply(at_work[i], &reply, false));
		cr_assert_eq(reply.status, 200, "client %d", i);
		close(at_work[i]);
	}
}

Test(overload_steps, one_step_after_the_other)
{
	start();
	fork_on_demand();
	let_go_of_the_kept();
	draw_lots();
	wait_and_be_told();
	cr_assert_eq(rig_stop(r), 0);
}

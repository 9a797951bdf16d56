/*
 * Who was turned away, who is penalised and who has left is known to the
 * master and written in the log: no process that is born afterwards has such an
 * address in its memory, be it in memory that was given back.
 */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/http.h"
#include "rig/look.h"
#include "rig/place.h"
#include "rig/restored.h"
#include "rig/rig.h"

#define GONE      "127.77.66.55" /* came, and left */
#define REFUSED   "127.78.65.54" /* had more than its share */
#define PENALISED "127.79.64.53" /* whose processes crash */
#define SHARE     2
#define SHARE_S   "2"
#define CRASHES   4 /* ADMIT_LIMIT / ADMIT_CRASH_POINTS, before any fades */
#define TRIES     40
#define LATER     3
#define MOST      128

static const char *const all[] = { GONE, REFUSED, PENALISED };

/* How often an address is in the memory of a process, as a number or as text;
 * 0 also of one that has ended meanwhile. */
static int
count(pid_t pid, const char *address)
{
	struct in_addr number;
	int found;

	cr_assert_eq(inet_pton(AF_INET, address, &number), 1);
	found = rig_in_memory(pid, &number, sizeof(number));
	return found < 0 ? 0 :
			   found + rig_in_memory(pid, address, strlen(address));
}

/* 200, or else why not. */
static int
ask(struct rig *r, const char *source, int *fd)
{
	struct rig_reply reply = { 0 };
	int status;

	*fd = rig_connect_from(source, rig_address(r, "http"));
	cr_assert_geq(*fd, 0);
	cr_assert(rig_get_on(*fd, "/", &reply));
	status = reply.status;
	rig_reply_free(&reply);
	return status;
}

/* Whoever serves this client crashes.  Returns whether it was let in. */
static bool
crash_one(struct rig *r)
{
	int fd, status = ask(r, PENALISED, &fd);
	pid_t pid = status == 200 ? rig_server_of(fd, rig_pid(r)) : 0;

	if (pid > 0) {
		kill(pid, SIGSEGV);
		cr_assert(rig_all_gone(&pid, 1, rig_patience_ms()));
	}
	close(fd);
	return status == 200;
}

static void
be_penalised(struct rig *r)
{
	int tries = TRIES;

	while (crash_one(r) && tries > 0)
		tries--;
	cr_assert_gt(tries, 0, "nobody is penalised");
	for (int i = 0; i < 2; i++)
		cr_assert_not(crash_one(r));
}

static void
be_refused(struct rig *r)
{
	int fd[SHARE], more;

	for (int i = 0; i < SHARE; i++)
		cr_assert_eq(ask(r, REFUSED, &fd[i]), 200);
	for (int i = 0; i < SHARE + 1; i++) {
		cr_assert_eq(ask(r, REFUSED, &more), 503);
		close(more);
	}
	for (int i = 0; i < SHARE; i++)
		close(fd[i]);
}

/* Others, each of its own address, stay: processes are born meanwhile. */
static void
others_come(struct rig *r, int held[LATER], int at)
{
	for (int i = 0; i < LATER; i++) {
		char source[INET_ADDRSTRLEN];

		snprintf(source, sizeof(source), "127.0.%d.%d", at, i + 1);
		cr_assert_eq(ask(r, source, &held[i]), 200);
	}
}

/* Every process of the master but its logger, which writes their addresses. */
static size_t
everybody(struct rig *r, pid_t list[MOST])
{
	pid_t more[] = { rig_zygote(rig_pid(r)), rig_restorer(rig_pid(r)) };
	size_t n = rig_children(rig_pid(r), list, MOST - 2);

	for (size_t i = 0; i < 2; i++)
		if (more[i] > 0)
			list[n++] = more[i];
	return n;
}

struct search {
	struct rig *r;
	char found[128];
};

/* A process that has served one of them goes; others have it or have it not. */
static bool
nobody_knows(void *arg)
{
	struct search *s = arg;
	pid_t list[MOST];
	size_t n = everybody(s->r, list);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++)
			if (count(list[i], all[k]) > 0) {
				snprintf(s->found, sizeof(s->found),
				    "%d of %zu has %s", (int)list[i], n,
				    all[k]);
				return false;
			}
	return n > 0;
}

/* All are born anew, right after somebody was turned away. */
static void
end_all(struct rig *r)
{
	pid_t list[MOST];
	size_t n = everybody(r, list);

	cr_assert_not(crash_one(r));
	for (size_t i = 0; i < n; i++)
		kill(list[i], SIGKILL);
	cr_assert(rig_all_gone(list, n, rig_patience_ms()));
	cr_assert(rig_children_become(rig_pid(r), 3, 5));
}

static void
see(const char *level, const char *rest)
{
	struct rig *r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--per-client", SHARE_S, "--rest", rest, "--min-idle", "3",
	    "--max-idle", "4", "--isolation", level, rig_place()));
	struct search s = { .r = r };
	int held[2][LATER], fd;

	cr_assert_eq(ask(r, GONE, &fd), 200);
	close(fd);
	be_penalised(r);
	cr_assert(rig_hear(r, "reloading")); /* for it has crashed */
	be_refused(r);
	end_all(r);
	cr_expect(rig_until("nobody knows", nobody_knows, &s), "%s, anew: %s",
	    level, s.found);
	others_come(r, held[0], 1);
	cr_expect_gt(count(rig_pid(r), PENALISED), 0, "the master knows");
	cr_expect(rig_until("nobody knows", nobody_knows, &s), "%s: %s", level,
	    s.found);
	/* What one image leaves to the next is not handed on by that. */
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear_times(r, "reloading", 2));
	others_come(r, held[1], 2);
	cr_expect(rig_until("nobody knows", nobody_knows, &s),
	    "%s, reloaded: %s", level, s.found);
	cr_expect_gt(count(rig_pid(r), PENALISED), 0, "it still knows");
	for (int i = 0; i < LATER; i++) {
		close(held[0][i]);
		close(held[1][i]);
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(neighbours, nor_that_of_one_turned_away)
{
	if (geteuid() != 0)
		cr_skip("only root may look into processes that are sealed");
	see("fork", "0");
}

Test(neighbours, nor_that_where_the_master_forks)
{
	ONLY_WHERE_RESTORED;
	if (geteuid() != 0)
		cr_skip("only root may look into processes that are sealed");
	see("restore", "0");
	see("restore", "1");
}

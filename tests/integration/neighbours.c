/*
 * Whom a server serves is known to its master and to the process that serves:
 * no other process has the address of a client in its memory.
 */
#include <criterion/criterion.h>

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "rig/http.h"
#include "rig/look.h"
#include "rig/place.h"
#include "rig/restored.h"
#include "rig/rig.h"

#define CLIENT  "127.77.66.55"
#define EARLIER 12
#define STAYING 10
#define IDLE    4 /* beside them, the logger */

static const char address[4] = { 127, 77, 66, 55 };

/* How often the client's address is in the memory of a process, as a number or
 * as text; -1: it cannot be read. */
static int
count(pid_t pid)
{
	int number = rig_in_memory(pid, address, sizeof(address));
	int text = rig_in_memory(pid, CLIENT, strlen(CLIENT));

	return number < 0 || text < 0 ? -1 : number + text;
}

struct street {
	pid_t master;
	size_t serve, looked, know;
};

/* None but those who serve: who has served is gone, or soon is. */
static bool
none_knows(void *arg)
{
	struct street *s = arg;
	pid_t list[64];
	size_t n = rig_children(s->master, list, 64);

	s->looked = s->know = 0;
	for (size_t i = 0; i < n && i < 64; i++) {
		int found = count(list[i]);

		s->looked += found >= 0;
		s->know += found > 0 && list[i] != rig_logger(s->master);
	}
	return s->looked > 2 && s->know <= s->serve;
}

static int
ask(struct rig *r)
{
	struct rig_reply reply;
	int fd = rig_connect_from(CLIENT, rig_address(r, "http"));

	cr_assert_geq(fd, 0);
	cr_assert(rig_get_on(fd, "/", &reply));
	rig_reply_free(&reply);
	return fd;
}

/* Some stay, or rest; others come and go, and the last one is served: the like
 * of its process are forked meanwhile. */
static void
see(const char *level, const char *rest)
{
	struct rig *r = rig_start(RIG("berth-httpd", "-q", "-l", "127.0.0.1:0",
	    "--rest", rest, "--min-idle", "3", "--max-idle", "4", "--isolation",
	    level, rig_place()));
	struct street s = { .master = rig_pid(r),
		.serve = *rest == '0' ? 1 + STAYING : 1 };
	int held[STAYING], last;

	for (int i = 0; i < STAYING; i++)
		held[i] = ask(r);
	if (*rest != '0') /* they have no process any more */
		cr_assert(rig_children_become(rig_pid(r), 2, IDLE + 1));
	for (int i = 0; i < EARLIER; i++)
		close(ask(r));
	last = ask(r);
	cr_assert(rig_children_become(rig_pid(r), 3, 8 + STAYING));
	cr_expect_gt(count(rig_pid(r)), 0, "the search finds what is there");
	cr_expect(rig_within(rig_patience_ms(), none_knows, &s),
	    "%s, --rest %s: %zu of %zu", level, rest, s.know, s.looked);
	if (rig_zygote(rig_pid(r)) > 0)
		cr_expect_eq(count(rig_zygote(rig_pid(r))), 0, "the zygote");
	for (int i = 0; i < STAYING; i++)
		close(held[i]);
	close(last);
	cr_assert_eq(rig_stop(r), 0);
}

Test(neighbours, nobody_else_has_the_address_of_a_client)
{
	if (geteuid() != 0)
		cr_skip("only root may look into processes that are sealed");
	see("fork", "0");
	see("fork", "1");
	see("exec", "0");
}

Test(neighbours, nor_where_the_master_forks)
{
	ONLY_WHERE_RESTORED;
	if (geteuid() != 0)
		cr_skip("only root may look into processes that are sealed");
	see("restore", "0");
	see("restore", "1");
}
